package io.postern.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One client of one replica, that asks for tokens one after the other and has each answer judged.
 */
final class TokenLoad implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(4);
  private static final Duration RETRY = Duration.ofMillis(50);
  private static final int VERIFIED_OF = 16;

  private final Replica replica;
  private final Model model;
  private final Judge judge;
  private final Weather weather;
  private final KeyCache keys;
  private final Findings findings;
  private final Random random;
  private volatile boolean stopped;

  TokenLoad(
      Replica replica,
      Model model,
      Judge judge,
      Weather weather,
      KeyCache keys,
      Findings findings,
      Random random) {
    this.replica = replica;
    this.model = model;
    this.judge = judge;
    this.weather = weather;
    this.keys = keys;
    this.findings = findings;
    this.random = random;
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    HttpLine line = null;
    while (!stopped) {
      TokenRequest request = next();
      long from = System.nanoTime();
      Duration pause = PAUSE;
      try {
        line = line == null ? new HttpLine(replica.httpPort(), PATIENCE) : line;
        HttpLine.Answer answer = request.send(line);
        if (!answer.keepsAlive()) {
          line.close();
          line = null;
        }
        judge(request, answer, from);
      } catch (IOException e) {
        if (line != null) {
          line.close();
          line = null;
        }
        findings.count("broken");
        if (weather.isCalm(from, System.nanoTime())) {
          findings.fault(replica.name() + " broke a connection in calm weather: " + e);
        }
        pause = RETRY;
      } catch (RuntimeException e) {
        findings.fault(replica.name() + ": " + e);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
    if (line != null) {
      line.close();
    }
  }

  /** Asks once, on a connection of its own. */
  void askOnce() {
    TokenRequest request = next();
    long from = System.nanoTime();
    try (HttpLine line = new HttpLine(replica.httpPort(), PATIENCE)) {
      judge(request, request.send(line), from);
    } catch (IOException e) {
      findings.fault(replica.name() + " left a request without an answer: " + e);
    }
  }

  private void judge(TokenRequest request, HttpLine.Answer answer, long from) {
    String fault = judge.fault(request, answer, from, System.nanoTime());
    if (fault != null) {
      findings.fault(
          "%s, %s of %s at %s: %s"
              .formatted(
                  replica.name(),
                  request.secret(),
                  request.agent().clientId(),
                  request.service().audience(),
                  fault));
    }
    switch (answer.status()) {
      case 200 -> {
        findings.count("issued");
        if (random.nextInt(VERIFIED_OF) == 0) {
          verify(new JsonObject(answer.body()).getString("access_token"));
        }
      }
      case 503 -> findings.count("503 " + replica.name());
      case 429 -> findings.count("429");
      default -> findings.count("refused");
    }
  }

  private void verify(String token) {
    findings.count("verified");
    if (!keys.verifies(token)) {
      findings.fault("a token that does not verify, of " + replica.name());
    }
  }

  /** Of what was taken away lately more often than of what is gone for long. */
  private TokenRequest next() {
    Model.Agent agent = any(model.agents());
    List<Model.Secret> secrets = agent.secrets();
    Model.Secret secret =
        secrets.size() > 1 && random.nextBoolean() ? any(lastOf(secrets)) : secrets.getFirst();
    return new TokenRequest(agent, secret, any(model.services()));
  }

  private static <T> List<T> lastOf(List<T> all) {
    return all.subList(Math.max(0, all.size() - 3), all.size());
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
