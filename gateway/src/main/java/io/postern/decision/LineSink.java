package io.postern.decision;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes events as lines, many with one system call. */
final class LineSink implements DecisionSink {
  private static final Logger LOG = LoggerFactory.getLogger(LineSink.class);
  private static final int BATCH_CHARS = 64 * 1024;

  private final LineOutput output;
  private final DecisionCounts counts;
  private final DecisionJson json = new DecisionJson();
  private final StringBuilder lines = new StringBuilder();
  private final CharsetEncoder encoder = US_ASCII.newEncoder();
  private char[] chars = new char[BATCH_CHARS];
  private ByteBuffer bytes = ByteBuffer.allocate(BATCH_CHARS);
  // since writing fails; 0 while it does not
  private long lost;
  // the last thing written is a piece of a line
  private boolean torn;

  LineSink(LineOutput output, DecisionCounts counts) {
    this.output = output;
    this.counts = counts;
  }

  @Override
  public void take(DecisionEvent event) {
    json.append(lines, event);
    lines.append('\n');
    if (lines.length() >= BATCH_CHARS) {
      flush();
    }
  }

  @Override
  public void flush() {
    if (lines.isEmpty()) {
      return;
    }
    ByteBuffer batch = encoded();
    lines.setLength(0);
    try {
      write(batch);
      recovered();
    } catch (IOException e) {
      failed(batch, e);
    }
    counts.written(lineEnds(batch, 0, batch.position()));
  }

  // by way of arrays that are kept: new strings of each batch would be most of an event's garbage
  private ByteBuffer encoded() {
    int length = lines.length();
    if (chars.length < length) {
      chars = new char[2 * length];
    }
    lines.getChars(0, length, chars, 0);
    if (bytes.capacity() < length) {
      bytes = ByteBuffer.allocate(2 * length);
    }
    // all is ASCII: nothing can be left over
    encoder.reset().encode(CharBuffer.wrap(chars, 0, length), bytes.clear(), true);
    return bytes.flip();
  }

  private void write(ByteBuffer batch) throws IOException {
    FileChannel channel = output.channel();
    if (torn) {
      writeAll(channel, ByteBuffer.wrap(new byte[] {'\n'}));
      torn = false;
    }
    writeAll(channel, batch);
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void failed(ByteBuffer batch, IOException e) {
    if (lost == 0) {
      LOG.error("Decisions cannot be written to {} and are lost: {}", output, e.toString());
    }
    int written = batch.position();
    torn |= written > 0 && batch.get(written - 1) != '\n';
    long lines = lineEnds(batch, written, batch.limit());
    lost += lines;
    counts.failed(lines);
  }

  private void recovered() {
    if (lost > 0) {
      LOG.warn("Decisions are written to {} again; {} were lost", output, lost);
      lost = 0;
    }
  }

  private static long lineEnds(ByteBuffer bytes, int from, int to) {
    long count = 0;
    for (int i = from; i < to; i++) {
      if (bytes.get(i) == '\n') {
        count++;
      }
    }
    return count;
  }

  @Override
  public void close() {
    flush();
    try {
      output.close();
    } catch (IOException e) {
      LOG.warn("{} did not close in good order", output, e);
    }
  }
}
