package io.postern.decision;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decision log: a bounded queue from the event loops to one thread, which writes in batches. An
 * event that finds no room is lost and counted; nobody ever waits. Thread-safe.
 */
public final class DecisionLog implements DecisionListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);

  // To wake the thread for each event would cost an event loop more than the event.
  private static final long PAUSE_NANOS = Duration.ofMillis(25).toNanos();
  private static final Duration LAST_WRITES = Duration.ofSeconds(5);

  private final MpscArrayQueue<DecisionEvent> waiting;
  private final DecisionCounts counts;
  private final DecisionSink sink;
  private final Thread writer = new Thread(this::run, "postern-decisions");
  private volatile boolean closing;

  private DecisionLog(DecisionSink sink, DecisionCounts counts, int capacity) {
    this.sink = sink;
    this.counts = counts;
    this.waiting = new MpscArrayQueue<>(capacity);
  }

  /**
   * Starts the log that is wanted; null when none is.
   *
   * @throws UncheckedIOException if its file cannot be opened
   */
  public static @Nullable DecisionLog start(DecisionSettings settings, MeterRegistry meters) {
    DecisionCounts counts = new DecisionCounts(meters);
    DecisionSink sink =
        switch (settings.log()) {
          case DecisionSettings.Destination.None ignored -> null;
          case DecisionSettings.Destination.Stdout ignored ->
              new LineSink(LineOutput.stdout(), counts);
          case DecisionSettings.Destination.File file ->
              new LineSink(LineOutput.file(file.path()), counts);
          case DecisionSettings.Destination.Kafka kafka -> new KafkaSink(kafka, counts);
        };
    if (sink == null) {
      return null;
    }
    DecisionLog log = new DecisionLog(sink, counts, settings.capacity());
    log.writer.setDaemon(true);
    log.writer.start();
    return log;
  }

  @Override
  public void decided(DecisionEvent event) {
    if (!waiting.offer(event)) {
      counts.dropped();
    }
  }

  /** Writes what waits, for some seconds at most. What is decided later is not written. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(writer);
    try {
      if (!writer.join(LAST_WRITES)) {
        // ends waiting for a broker; a pipe that nobody reads is left behind
        writer.interrupt();
        LOG.warn("Decisions were not written at the stop: {}", waiting.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean last;
    do {
      last = closing;
      try {
        writeWaiting();
      } catch (RuntimeException e) {
        counts.failed(1);
        LOG.error("A decision was not written", e);
      }
      if (!last) {
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    } while (!last && !Thread.currentThread().isInterrupted());
    sink.close();
  }

  private void writeWaiting() {
    while (!Thread.currentThread().isInterrupted()) {
      DecisionEvent event = waiting.poll();
      if (event == null) {
        break;
      }
      sink.take(event);
    }
    sink.flush();
  }
}
