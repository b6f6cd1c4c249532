package io.postern.bench;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.RegisteredClient;
import io.postern.crypto.CryptoProvider;
import io.postern.index.IndexImage;
import io.postern.jose.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** The agents of a sample registry, as they come from the database: in order, once each. */
final class SampleFleet {
  private static final int SERVICES = 1000;
  private static final int PAGE = 1000;

  private final SampleRegistry registry =
      new SampleRegistry(CryptoProvider.best(), SignatureAlgorithm.ES256, SERVICES);
  private final List<RegisteredClient> clients;

  SampleFleet(int agents) {
    clients = new ArrayList<>(agents);
    for (int i = 0; i < agents; i++) {
      clients.add(registry.agent(i));
    }
  }

  /** A new image of all agents, made from pages of {@value #PAGE}. */
  IndexImage newImage() {
    IndexImage.Builder image = IndexImage.EMPTY.edit();
    for (int i = 0; i < clients.size(); i += PAGE) {
      List<RegisteredClient> page = clients.subList(i, Math.min(clients.size(), i + PAGE));
      List<Change> changes = new ArrayList<>(page.size());
      for (RegisteredClient client : page) {
        changes.add(new Change.ClientPut(client));
      }
      image.apply(new ChangeSet(new Revision(1), changes));
    }
    return image.build();
  }

  /** A new map of all agents. */
  Map<String, RegisteredClient> newMap() {
    Map<String, RegisteredClient> map = new HashMap<>();
    for (RegisteredClient client : clients) {
      map.put(client.clientId(), client);
    }
    return map;
  }

  /** Agents of the fleet, drawn evenly, that have one grant less. */
  List<RegisteredClient> changed(int count) {
    Random random = new Random(1);
    return IntStream.range(0, count)
        .map(i -> random.nextInt(clients.size()))
        .mapToObj(registry::agent)
        .map(SampleFleet::withoutFirstGrant)
        .toList();
  }

  private static RegisteredClient withoutFirstGrant(RegisteredClient client) {
    return new RegisteredClient(
        client.clientId(),
        client.settings(),
        client.secrets(),
        client.keys(),
        client.grants().subList(1, client.grants().size()));
  }
}
