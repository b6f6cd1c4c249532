package io.postern.bench.load;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What a server's process has used, seen from outside. */
final class Vitals implements AutoCloseable {
  /**
   * Use of resources since the start.
   *
   * @param cpu user and system time of all threads
   * @param allocatedBytes on the heap, by all Java threads
   * @param gcLogLength see {@link GcLog#length}
   */
  record Reading(Duration cpu, long allocatedBytes, long gcLogLength) {}

  private final ServerProcess server;
  private final JMXConnector connector;
  private final ThreadMXBean threads;
  private final MemoryMXBean memory;

  private Vitals(ServerProcess server, JMXConnector connector) throws IOException {
    this.server = server;
    this.connector = connector;
    MBeanServerConnection beans = connector.getMBeanServerConnection();
    this.threads =
        ManagementFactory.newPlatformMXBeanProxy(
            beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    this.memory =
        ManagementFactory.newPlatformMXBeanProxy(
            beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
  }

  /** Attaches to a running server. */
  // the other side is a process that we started
  @SuppressWarnings("BanJNDI")
  static Vitals of(ServerProcess server) {
    try {
      VirtualMachine jvm = VirtualMachine.attach(Long.toString(server.handle().pid()));
      try {
        JMXServiceURL url = new JMXServiceURL(jvm.startLocalManagementAgent());
        return new Vitals(server, JMXConnectorFactory.connect(url));
      } finally {
        jvm.detach();
      }
    } catch (IOException | AttachNotSupportedException e) {
      throw new LoadException("the server's JVM cannot be watched: " + e.getMessage(), e);
    }
  }

  Reading read() {
    return new Reading(
        server.handle().info().totalCpuDuration().orElse(Duration.ZERO),
        threads.getTotalThreadAllocatedBytes(),
        server.gcLog().length());
  }

  /** The heap that is in use after a full collection, which this makes, in MiB. */
  double liveHeapMebibytes() {
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed() / (double) (1 << 20);
  }

  /** The resident set's present size in MiB; 0 where there is no /proc. */
  double residentMebibytes() {
    return status("VmRSS:");
  }

  /** The resident set's greatest size in MiB; 0 where there is no /proc. */
  double peakResidentMebibytes() {
    return status("VmHWM:");
  }

  private double status(String field) {
    Path status = Path.of("/proc", Long.toString(server.handle().pid()), "status");
    try {
      return Files.readAllLines(status).stream()
              .filter(line -> line.startsWith(field))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          / 1024.0;
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException e) {
      // the server is gone
    }
  }
}
