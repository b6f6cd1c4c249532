package io.postern.verifier;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link PosternVerifier}. Not thread-safe. */
public final class VerifierBuilder {
  private static final Duration LEAST_SILENCE = Duration.ofSeconds(20);
  // what stands in a quoted string as it is (RFC 9110 §5.6.4)
  private static final Pattern REALM = Pattern.compile("[ !#-\\[\\]-~]+");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1\\]");
  // what is larger is not read: some 400,000 lines
  private static final int MAX_DOCUMENT_BYTES = 64 << 20;

  private final String issuer;
  private @Nullable String audience;
  private @Nullable String realm;
  private boolean plainHttp;
  private Duration clockSkew = Duration.ofSeconds(30);
  private Duration maxKeyAge = Duration.ofHours(24);
  private Following following = Following.STREAM;
  private Duration maxSilence = Duration.ofSeconds(60);
  private WhenSilent whenSilent = WhenSilent.FAIL_CLOSED;
  private VerifierListener listener = new VerifierListener() {};
  private @Nullable HttpClient httpClient;
  private Clock clock = Clock.systemUTC();
  private LongSupplier nanoTime = System::nanoTime;
  private @Nullable Pace pace;
  private int maxDocumentBytes = MAX_DOCUMENT_BYTES;

  VerifierBuilder(String issuer) {
    this.issuer = issuer;
  }

  /** The service's audience, which a token must be for. Required; compared as it is. */
  public VerifierBuilder audience(String audience) {
    this.audience = audience;
    return this;
  }

  /** The {@code realm} of challenges; the audience unless it is set. */
  public VerifierBuilder realm(String realm) {
    this.realm = realm;
    return this;
  }

  /**
   * Allows an issuer with {@code http} that is not on this machine. Whoever is on the way may then
   * make tokens.
   */
  public VerifierBuilder allowPlainHttp() {
    this.plainHttp = true;
    return this;
  }

  /** How far the clocks of issuer and service may be apart: 0 to 5 min; 30 s unless it is set. */
  public VerifierBuilder clockSkew(Duration clockSkew) {
    this.clockSkew = clockSkew;
    return this;
  }

  /**
   * How long keys count after they were last read, while the issuer is away; 24 h unless it is set.
   * After that all tokens are refused: {@link Reason#KEYS_UNKNOWN}.
   */
  public VerifierBuilder maxKeyAge(Duration maxKeyAge) {
    this.maxKeyAge = maxKeyAge;
    return this;
  }

  /** How not-before lines are followed: by a stream unless it is set. */
  public VerifierBuilder following(Following following) {
    this.following = following;
    return this;
  }

  /**
   * For how long the issuer may be silent about the lines: 20 s or more; 60 s unless it is set. No
   * token that was ended counts for longer than this, with {@link WhenSilent#FAIL_CLOSED}.
   */
  public VerifierBuilder maxSilence(Duration maxSilence) {
    this.maxSilence = maxSilence;
    return this;
  }

  /** What happens to tokens after that: they are refused unless it is set. */
  public VerifierBuilder whenSilent(WhenSilent whenSilent) {
    this.whenSilent = whenSilent;
    return this;
  }

  /** Who is told what happens; nobody unless it is set. */
  public VerifierBuilder listener(VerifierListener listener) {
    this.listener = listener;
    return this;
  }

  /**
   * The client that reads from the issuer, say for its proxy or its trusted certificates. It must
   * not follow redirects, and is not closed. One is made unless it is set.
   */
  public VerifierBuilder httpClient(HttpClient httpClient) {
    this.httpClient = httpClient;
    return this;
  }

  /** The clock that tokens and documents are judged by. */
  VerifierBuilder clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /** The clock that silence and the age of keys are measured by. */
  VerifierBuilder nanoTime(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    return this;
  }

  VerifierBuilder pace(Pace pace) {
    this.pace = pace;
    return this;
  }

  VerifierBuilder maxDocumentBytes(int maxDocumentBytes) {
    this.maxDocumentBytes = maxDocumentBytes;
    return this;
  }

  /**
   * Starts the verifier. It reads keys and lines in the background: until it is {@link
   * PosternVerifier#ready}, tokens are refused or wait for the keys.
   *
   * @throws IllegalArgumentException when a setting is missing or out of its range
   */
  public PosternVerifier start() {
    String service = checkSettings();
    Pace ownPace = pace == null ? Pace.within(maxSilence) : pace;
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(1, daemon("postern-verifier"));
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    scheduler.setRemoveOnCancelPolicy(true);
    HttpSource http = new HttpSource(httpClient);
    KeyReader reader = new KeyReader(http, issuer);
    KeyCache keys = new KeyCache(reader, maxKeyAge, listener, ownPace, scheduler, nanoTime);
    LineWatch lines =
        following == Following.NONE
            ? null
            : new LineWatch(maxSilence, whenSilent, listener, nanoTime);
    TokenRules rules = new TokenRules(issuer, service, clockSkew);
    PosternVerifier verifier =
        new PosternVerifier(
            rules, realm == null ? service : realm, keys, lines, clock, scheduler, http);
    Thread follower = null;
    if (lines != null) {
      LineIntake intake =
          new LineIntake(issuer, keys, new KnownLines(maxSilence, clockSkew), lines, clock);
      LineSource source = new LineSource(http, reader, ownPace, maxDocumentBytes);
      LineFollower cycles =
          new LineFollower(keys, source, intake, lines, following == Following.STREAM, nanoTime);
      follower = daemon("postern-verifier-lines").newThread(cycles);
      var unused = scheduler.scheduleWithFixedDelay(lines::look, 1, 1, TimeUnit.SECONDS);
    }
    verifier.start(follower);
    return verifier;
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** The audience, if all is right. */
  private String checkSettings() {
    checkIssuer();
    String service = audience;
    if (service == null || service.isBlank()) {
      throw new IllegalArgumentException("audience is required");
    }
    String said = realm == null ? service : realm;
    check(REALM.matcher(said).matches(), "realm", said);
    check(isBetween(clockSkew, Duration.ZERO, Duration.ofMinutes(5)), "clockSkew", clockSkew);
    check(
        isBetween(maxKeyAge, Duration.ofMinutes(5), Duration.ofDays(365)), "maxKeyAge", maxKeyAge);
    check(isBetween(maxSilence, LEAST_SILENCE, Duration.ofDays(1)), "maxSilence", maxSilence);
    if (httpClient != null) {
      // RFC 9110 §15.4: whoever can redirect a reading can answer it
      HttpClient.Redirect redirects = httpClient.followRedirects();
      check(redirects == HttpClient.Redirect.NEVER, "followRedirects of the httpClient", redirects);
    }
    return service;
  }

  private void checkIssuer() {
    URI uri = URI.create(issuer);
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    boolean http = "http".equalsIgnoreCase(uri.getScheme());
    check(
        (https || http)
            && uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null,
        "issuer",
        issuer);
    if (http && !plainHttp && !isLoopback(uri.getHost().toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("issuer must be https, or allowPlainHttp(): " + issuer);
    }
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }

  private static boolean isBetween(Duration value, Duration least, Duration most) {
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }

  private static void check(boolean right, String setting, @Nullable Object value) {
    if (!right) {
      throw new IllegalArgumentException(setting + " cannot be " + value);
    }
  }
}
