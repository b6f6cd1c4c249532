package io.postern.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The process's log: what {@code logback.xml} says, changed by the settings. */
public final class LogOutput {
  /** How a line looks. */
  public enum Format {
    TEXT,
    JSON;

    /** The value of the setting. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The least important that is told, of the gateway's own. */
  public enum Threshold {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /** The value of the setting. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private LogOutput() {}

  /**
   * Changes the format and the threshold from now on. Libraries tell warnings and errors only,
   * whatever the threshold: at a lower level they may tell what goes over the wire.
   */
  public static void configure(Format format, Threshold threshold) {
    // of the JDK's logging, which the JDBC driver and the exporter of traces use
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Level level = Level.toLevel(threshold.name());
    Logger root = context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
    context().getLogger("io.postern").setLevel(level);
    // of another name when the operator has a configuration of his own, which is left alone
    if (format == Format.JSON
        && root.getAppender("STDERR") instanceof OutputStreamAppender<ILoggingEvent> stderr) {
      JsonLogEncoder encoder = new JsonLogEncoder();
      encoder.setContext(context());
      stderr.stop();
      encoder.start();
      stderr.setEncoder(encoder);
      stderr.start();
    }
  }

  /** Writes what still waits to be written. Nothing is logged after it. */
  public static void close() {
    context().stop();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
