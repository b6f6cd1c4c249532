package io.postern.testing;

import java.util.Map;
import java.util.stream.Collectors;

/** What a gateway's metrics endpoint says. */
public final class Samples {
  private Samples() {}

  /** Name and labels to value. */
  public static Map<String, Double> of(TestGateway gateway) {
    return gateway
        .get(gateway.managementUri("/metrics"))
        .body()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))));
  }
}
