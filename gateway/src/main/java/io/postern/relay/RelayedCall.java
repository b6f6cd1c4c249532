package io.postern.relay;

import io.postern.decision.DecisionEvent;
import io.postern.http.HandedValue;
import io.postern.http.VaultExchange;
import io.postern.vault.VaultRefusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call from its admission to its end: the request goes to the target and the answer comes back,
 * both as they come. It ends once: with the answer, with a problem or, after the answer's head, by
 * breaking the answer off; and tells one decision. Confined to one event loop.
 */
final class RelayedCall {
  private static final Logger LOG = LoggerFactory.getLogger(RelayedCall.class);
  // RFC 9113 §7
  private static final long NO_ERROR = 0x0;
  private static final long INTERNAL_ERROR = 0x2;
  private static final long CANCEL = 0x8;

  private static final CharSequence VIA = HttpHeaders.createOptimized("via");
  private static final CharSequence PSEUDONYM = HttpHeaders.createOptimized("1.1 postern");
  private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");
  private static final CharSequence DECISION_ID =
      HttpHeaders.createOptimized("postern-decision-id");
  private static final int MOST_ADDRESSES = 3;
  private static final int RETRY_SECONDS = 1;
  private static final int LINGER_SECONDS = 1;

  private enum Phase {
    /** The value is being had; its provider has a deadline of its own. */
    VALUE,
    CONNECTING,
    /** The request is on its way. */
    SENDING,
    /** All of the request was sent. */
    WAITING,
    /** The answer's head was there. */
    ANSWERING,
    ENDED
  }

  private final VaultExchange exchange;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Relay relay;
  private final String clientId;
  private final Relay.Admitted admitted;
  private Phase phase = Phase.VALUE;
  private long progressNanos;
  private @Nullable HttpClientRequest upstream;
  private @Nullable BodyPipe sending;
  private @Nullable BodyPipe answering;
  private @Nullable TokenUsage usage;
  private boolean sent;
  private int status;

  RelayedCall(VaultExchange exchange, Relay relay, Relay.Admitted admitted) {
    this.exchange = exchange;
    this.request = exchange.request();
    this.response = request.response();
    this.relay = relay;
    this.clientId = admitted.clientId();
    this.admitted = admitted;
  }

  /** Begins; from now on the call sees to its end itself. */
  void start() {
    relay.begin(this, request);
    request.pause();
    response.closeHandler(ignored -> leave());
    attempt(
        () ->
            relay
                .values()
                .get(admitted.credential(), exchange.time())
                .onComplete((value, failure) -> take(value, failure)));
  }

  private void take(@Nullable HandedValue value, @Nullable Throwable failure) {
    switch (value) {
      case null -> fault(failure);
      case HandedValue.Unavailable none -> fail(none.reason(), none.retryAfterSeconds());
      case HandedValue.Value handed -> resolve(handed.value());
    }
  }

  private void resolve(String value) {
    if (phase == Phase.ENDED) {
      return;
    }
    String field = admitted.request().fieldValue(value);
    if (field != null && !isFieldValue(field)) {
      fail(VaultRefusal.VALUE_UNREADABLE, 0);
      return;
    }
    enter(Phase.CONNECTING);
    relay.resolve(
        admitted.request().target().host(),
        resolution -> {
          switch (resolution) {
            case null -> fail(VaultRefusal.TARGET_UNRESOLVED, 0);
            case TargetAddresses.Resolution.Forbidden ignored ->
                fail(VaultRefusal.ADDRESS_FORBIDDEN, 0);
            case TargetAddresses.Resolution.Resolved resolved ->
                attempt(() -> connect(value, resolved.addresses(), 0));
          }
        });
  }

  // the next address when one cannot be connected to; one deadline for all
  private void connect(String value, List<InetAddress> addresses, int index) {
    if (phase == Phase.ENDED) {
      return;
    }
    relay
        .client()
        .request(admitted.request(), addresses.get(index), value)
        .onComplete(
            (made, failure) -> {
              if (made == null) {
                VaultRefusal reason = TargetFailure.reasonOf(failure);
                if (reason == VaultRefusal.TARGET_UNREACHABLE
                    && index + 1 < Math.min(addresses.size(), MOST_ADDRESSES)) {
                  connect(value, addresses, index + 1);
                } else {
                  fail(reason, reason == VaultRefusal.TOO_MANY_AT_ONCE ? RETRY_SECONDS : 0);
                }
              } else if (phase == Phase.ENDED) {
                made.reset(CANCEL);
              } else {
                attempt(() -> send(made, value));
              }
            });
  }

  private void send(HttpClientRequest made, String value) {
    upstream = made;
    enter(Phase.SENDING);
    RelayedFields.copyRequest(request.headers(), made.headers());
    // RFC 9110 §7.6.3: a gateway MUST say that it was on the way
    made.headers().set(VIA, PSEUDONYM);
    if (admitted.countsTokens()) {
      made.headers().set(HttpHeaders.ACCEPT_ENCODING, IDENTITY);
    }
    String field = admitted.request().fieldValue(value);
    if (field != null) {
      made.headers().set(String.valueOf(admitted.request().target().header()), field);
    }
    made.exceptionHandler(this::breakOff);
    made.response()
        .onComplete(
            (answer, failure) -> {
              if (answer == null) {
                breakOff(failure);
              } else {
                attempt(() -> answer(answer));
              }
            });
    boolean sized = made.headers().contains(HttpHeaders.CONTENT_LENGTH);
    BodyPipe pipe =
        new BodyPipe(
            request,
            made,
            BodyPipe.lengthOf(request.headers()),
            new BodyPipe.Watcher() {
              private boolean begun;

              @Override
              public void chunk(Buffer chunk) {
                progress();
                // not before there is a chunk: a request without a body has no chunks either
                if (!sized && !begun) {
                  made.setChunked(true);
                }
                begun = true;
              }

              @Override
              public void drained() {
                progress();
              }

              @Override
              public void end(@Nullable Buffer last) {
                sent = true;
                if (phase == Phase.SENDING) {
                  enter(Phase.WAITING);
                }
                // a failure is told to the exception handlers of the request
                var _ = last == null ? made.end() : made.end(last);
              }
            });
    sending = pipe;
    request.exceptionHandler(ignored -> leave());
    pipe.start();
  }

  private void answer(HttpClientResponse answer) {
    answer.exceptionHandler(this::breakOff);
    if (phase == Phase.ENDED) {
      return;
    }
    enter(Phase.ANSWERING);
    if (answer.statusCode() < 200) {
      // RFC 9110 §15.2.2: there was no Upgrade that it could switch to
      fail(VaultRefusal.TARGET_FAILED, 0);
      return;
    }
    status = answer.statusCode();
    response.setStatusCode(status);
    if (answer.statusMessage() != null && request.version() != HttpVersion.HTTP_2) {
      response.setStatusMessage(answer.statusMessage());
    }
    RelayedFields.copyResponse(answer.headers(), response.headers());
    response.putHeader(DECISION_ID, exchange.decisionId());
    if (admitted.countsTokens()) {
      usage =
          TokenUsage.find(
              answer.getHeader(HttpHeaders.CONTENT_TYPE),
              answer.getHeader(HttpHeaders.CONTENT_ENCODING));
    }
    boolean sized = response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    BodyPipe pipe =
        new BodyPipe(
            answer,
            response,
            BodyPipe.lengthOf(answer.headers()),
            new BodyPipe.Watcher() {
              @Override
              public void chunk(Buffer chunk) {
                progress();
                if (!sized && !response.headWritten()) {
                  delimit();
                }
                if (usage != null) {
                  usage.read(chunk.getBytes());
                }
              }

              @Override
              public void drained() {
                progress();
              }

              @Override
              public void end(@Nullable Buffer last) {
                complete(last);
              }
            });
    answering = pipe;
    pipe.start();
    // an answer that comes at once goes out with its head; of another, the head comes alone
    if (phase == Phase.ANSWERING && hasBody(answer)) {
      relay.later(
          () -> {
            if (phase == Phase.ANSWERING && !response.headWritten()) {
              if (!sized) {
                delimit();
              }
              response.writeHead();
            }
          });
    }
  }

  private boolean hasBody(HttpClientResponse answer) {
    return !request.method().equals(HttpMethod.HEAD)
        && answer.statusCode() != 204
        && answer.statusCode() != 304;
  }

  // RFC 9112 §6: without a length there are chunks; or, for HTTP/1.0, the end of the connection
  private void delimit() {
    switch (request.version()) {
      case HTTP_1_0 -> response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      case HTTP_1_1 -> response.setChunked(true);
      case HTTP_2 -> {}
    }
  }

  private void complete(@Nullable Buffer last) {
    if (!end()) {
      return;
    }
    var _ = last == null ? response.end() : response.end(last);
    if (!sent) {
      dropRest();
    } else if (request.version() == HttpVersion.HTTP_1_0) {
      request.connection().shutdown(LINGER_SECONDS, TimeUnit.SECONDS);
    }
    exchange.tell(passed(), clientId);
  }

  private DecisionEvent.Result.Relayed passed() {
    return new DecisionEvent.Result.Relayed(
        admitted.credential().id(),
        admitted.request().method(),
        status,
        sending == null ? 0 : sending.bytes(),
        answering == null ? 0 : answering.bytes(),
        usage == null ? DecisionEvent.Result.Relayed.NO_TOKENS : usage.inputTokens(),
        usage == null ? DecisionEvent.Result.Relayed.NO_TOKENS : usage.outputTokens());
  }

  private void tellBrokenOff(VaultRefusal reason) {
    exchange.tell(
        new DecisionEvent.Result.Refused(reason, answering == null ? null : passed()), clientId);
  }

  // the target has answered before it had all of the request
  private void dropRest() {
    cancel();
    if (request.version() == HttpVersion.HTTP_2) {
      // RFC 9113 §8.1
      response.reset(NO_ERROR);
    } else {
      request.connection().shutdown(LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Ends the call if it has waited too long. */
  void endIfOverdue(long nanoTime) {
    RelaySettings.Deadlines deadlines = relay.settings().deadlines();
    long waited = nanoTime - progressNanos;
    switch (phase) {
      case VALUE, ENDED -> {}
      case CONNECTING -> {
        if (waited > deadlines.connect().toNanos()) {
          fail(VaultRefusal.TARGET_TIMEOUT, 0);
        }
      }
      case WAITING -> {
        if (waited > deadlines.firstByte().toNanos()) {
          fail(VaultRefusal.TARGET_TIMEOUT, 0);
        }
      }
      case SENDING -> {
        if (waited > deadlines.idle().toNanos()) {
          boolean targetIsSlow = upstream != null && upstream.writeQueueFull();
          fail(targetIsSlow ? VaultRefusal.TARGET_TIMEOUT : VaultRefusal.CALLER_TIMEOUT, 0);
        }
      }
      case ANSWERING -> {
        if (waited > deadlines.idle().toNanos()) {
          boolean callerIsSlow = response.writeQueueFull();
          fail(callerIsSlow ? VaultRefusal.CALLER_TIMEOUT : VaultRefusal.TARGET_TIMEOUT, 0);
        }
      }
    }
  }

  private void leave() {
    if (end()) {
      cancel();
      tellBrokenOff(VaultRefusal.CALLER_LEFT);
    }
  }

  // the target's end is gone
  private void breakOff(Throwable failure) {
    if (phase != Phase.ENDED) {
      // without its message, which may quote what the target has sent
      LOG.debug(
          "A relayed call to {} broke: {}",
          admitted.request().target().host(),
          failure.getClass().getName());
    }
    fail(VaultRefusal.TARGET_FAILED, 0);
  }

  // what nobody has foreseen ends the call, too
  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      fault(e);
    }
  }

  private void fault(@Nullable Throwable failure) {
    LOG.error("A relayed call failed", failure);
    fail(VaultRefusal.INTERNAL_ERROR, 0);
  }

  private void fail(VaultRefusal reason, int retryAfterSeconds) {
    if (!end()) {
      return;
    }
    cancel();
    if (response.headWritten()) {
      // an answer that stops without its end is seen to be broken
      response.reset(INTERNAL_ERROR);
      tellBrokenOff(reason);
    } else {
      response.headers().clear();
      response.setChunked(false);
      exchange.refuse(reason, clientId, retryAfterSeconds);
    }
  }

  private void cancel() {
    if (upstream != null) {
      upstream.reset(CANCEL);
    }
  }

  private boolean end() {
    if (phase == Phase.ENDED) {
      return false;
    }
    phase = Phase.ENDED;
    if (sending != null) {
      sending.stop();
    }
    if (answering != null) {
      answering.stop();
    }
    if (usage != null) {
      usage.end();
    }
    relay.end(this, request);
    return true;
  }

  private void enter(Phase next) {
    phase = next;
    progress();
  }

  private void progress() {
    progressNanos = System.nanoTime();
  }

  // RFC 9110 §5.5, and nothing that a header field could not be sent with
  private static boolean isFieldValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
