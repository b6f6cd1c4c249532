package io.postern.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientSettings;
import io.postern.client.RegisteredClient;
import io.postern.grant.AgentAudience;
import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.ScopeSet;
import io.postern.grant.TokenPolicy;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.GrantType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class IndexImageProperties {
  // two of them look as if they followed from an agent's id
  private static final List<String> AUDIENCES =
      List.of("urn:a", "urn:b", "urn:postern:agent:c1", "urn:postern:agent:c2");

  private static final TokenPolicy TOKENS = new TokenPolicy(900, SignatureAlgorithm.ES256);

  /** The registry as plain maps; an id is never given twice, an audience may be. */
  private static final class Model {
    private final TreeMap<String, RegisteredClient> clients = new TreeMap<>();
    private final TreeMap<String, ProtectedResource> resources = new TreeMap<>();
    private int lastId;

    private record State(
        Map<String, RegisteredClient> clients, Map<String, ProtectedResource> resources) {}

    /** Does one thing and notes whom it touched. */
    void step(int choice, Set<String> touched) {
      String audience = AUDIENCES.get(choice / 7 % AUDIENCES.size());
      switch (choice % 7) {
        case 0 -> {
          String id = "c" + ++lastId;
          clients.put(id, client(id, true, isFree(AgentAudience.of(id)), choice));
          touched.add(id);
        }
        case 1, 2 -> {
          if (isFree(audience)) {
            String id = "r" + ++lastId;
            resources.put(id, resource(id, audience, true, choice));
            touched.add(id);
          }
        }
        case 3 -> {
          String id = pick(clients, choice);
          if (id != null) {
            boolean isAgent = clients.get(id).findAgentResource() != null;
            clients.put(id, client(id, choice % 2 == 0, isAgent, choice));
            touched.add(id);
          }
        }
        case 4 -> {
          String id = pick(resources, choice);
          if (id != null) {
            resources.put(id, resource(id, resources.get(id).audience(), choice % 2 == 0, choice));
            touched.add(id);
          }
        }
        case 5 -> {
          String id = pick(clients, choice);
          if (id != null) {
            clients.remove(id);
            touched.add(id);
          }
        }
        default -> {
          String id = pick(resources, choice);
          if (id != null) {
            resources.remove(id);
            touched.add(id);
          }
        }
      }
    }

    /** What the feed's reader says of an id: its state, or that it is gone. */
    List<Change> changes(String id) {
      RegisteredClient client = clients.get(id);
      ProtectedResource resource = resources.get(id);
      List<Change> changes = new ArrayList<>();
      if (client == null && resource == null) {
        changes.add(new Change.ApplicationRemoved(id));
      }
      if (client != null) {
        changes.add(new Change.ClientPut(client));
      }
      if (resource != null) {
        changes.add(new Change.ResourcePut(resource));
      }
      return changes;
    }

    /** The database lets no two resources have one audience. */
    private boolean isFree(String audience) {
      return findResource(clients, resources, audience) == null;
    }

    static ProtectedResource findResource(
        Map<String, RegisteredClient> clients,
        Map<String, ProtectedResource> resources,
        String audience) {
      return Stream.concat(
              resources.values().stream(),
              clients.values().stream()
                  .map(RegisteredClient::findAgentResource)
                  .filter(Objects::nonNull))
          .filter(resource -> resource.audience().equals(audience))
          .findFirst()
          .orElse(null);
    }

    State state() {
      return new State(new TreeMap<>(clients), new TreeMap<>(resources));
    }

    private static String pick(Map<String, ?> from, int choice) {
      return from.isEmpty() ? null : new ArrayList<>(from.keySet()).get(choice / 7 % from.size());
    }

    private static RegisteredClient client(String id, boolean active, boolean isAgent, int choice) {
      return new RegisteredClient(
          id,
          new ClientSettings(
              active,
              Set.of(GrantType.CLIENT_CREDENTIALS),
              AssertionAudience.ISSUER,
              List.of(),
              ClientSettings.NO_LIMIT,
              isAgent ? TOKENS : null),
          List.of(),
          List.of(),
          AUDIENCES.stream()
              .limit(choice % 3)
              .map(
                  audience -> new Grant(audience, ScopeSet.of(List.of("s" + choice)), Expiry.NEVER))
              .toList());
    }

    private static ProtectedResource resource(
        String id, String audience, boolean active, int choice) {
      return new ProtectedResource(id, audience, active, 60 + choice, SignatureAlgorithm.ES256);
    }
  }

  @Property(tries = 400)
  void image_ofASnapshotAndChangeSets_isTheImageOfTheFinalState(
      @ForAll @Size(max = 12) List<@Size(max = 10) List<@IntRange(max = 279) Integer>> history,
      @ForAll @IntRange(max = 5) int snapshotAfter,
      @ForAll Random random) {
    Model model = new Model();
    Set<String> ids = new TreeSet<>();
    IndexImage image = IndexImage.EMPTY;
    List<IndexImage> images = new ArrayList<>();
    List<Model.State> states = new ArrayList<>();
    long revision = 0;
    for (List<Integer> choices : history) {
      Set<String> touched = new TreeSet<>();
      choices.forEach(choice -> model.step(choice, touched));
      ids.addAll(touched);
      revision++;
      image =
          revision == snapshotAfter
              ? snapshot(model, revision)
              : image.with(changeSet(model, touched, revision, random));
      images.add(image);
      states.add(model.state());
    }
    for (int i = 0; i < images.size(); i++) {
      assertShows(images.get(i), i + 1, states.get(i), ids);
    }
    IndexImage fresh = snapshot(model, revision);
    assertShows(fresh, revision, model.state(), ids);
    assertThat(fresh.countGrants()).isEqualTo(image.countGrants());
  }

  /** To apply changes twice is to apply them once. */
  @Property(tries = 100)
  void changeSet_appliedTwice_isAppliedOnce(
      @ForAll @Size(max = 20) List<@IntRange(max = 279) Integer> choices, @ForAll Random random) {
    Model model = new Model();
    Set<String> touched = new TreeSet<>();
    choices.forEach(choice -> model.step(choice, touched));
    ChangeSet changes = changeSet(model, touched, 1, random);
    assertShows(IndexImage.EMPTY.with(changes).with(changes), 1, model.state(), touched);
  }

  /** As the snapshot's reader hands it over: what clients have comes later, in any order. */
  private static IndexImage snapshot(Model model, long revision) {
    List<Change> applications = new ArrayList<>();
    List<Change> further = new ArrayList<>();
    for (RegisteredClient client : model.clients.values()) {
      applications.add(
          new Change.ClientPut(
              new RegisteredClient(
                  client.clientId(), client.settings(), List.of(), List.of(), List.of())));
      for (Grant grant : client.grants()) {
        further.add(
            new Change.ClientExtended(client.clientId(), List.of(), List.of(), List.of(grant)));
      }
    }
    model.resources.values().forEach(one -> applications.add(new Change.ResourcePut(one)));
    model.resources.keySet().forEach(id -> further.add(noClient(id)));
    Random random = new Random(revision);
    Collections.shuffle(applications, random);
    Collections.shuffle(further, random);
    ChangeSet last = new ChangeSet(new Revision(revision), further);
    return IndexImage.EMPTY
        .with(new ChangeSet(new Revision(revision), applications))
        .with(last)
        // to apply it twice is to apply it once
        .with(last);
  }

  private static Change noClient(String id) {
    return new Change.ClientExtended(id, List.of(), List.of(), List.of());
  }

  private static ChangeSet changeSet(Model model, Set<String> ids, long revision, Random random) {
    List<Change> changes = new ArrayList<>();
    ids.forEach(id -> changes.addAll(model.changes(id)));
    Collections.shuffle(changes, random);
    return new ChangeSet(new Revision(revision), changes);
  }

  private static void assertShows(
      IndexImage image, long revision, Model.State state, Set<String> ids) {
    assertThat(image.revision()).isEqualTo(new Revision(revision));
    for (String id : ids) {
      assertThat(image.findClient(id)).isEqualTo(state.clients().get(id));
    }
    Set<String> audiences = new TreeSet<>(AUDIENCES);
    ids.forEach(id -> audiences.add(AgentAudience.of(id)));
    int resources = 0;
    for (String audience : audiences) {
      ProtectedResource expected = Model.findResource(state.clients(), state.resources(), audience);
      assertThat(image.findResource(audience)).isEqualTo(expected);
      resources += expected == null ? 0 : 1;
    }
    assertThat(image.clientCount()).isEqualTo(state.clients().size());
    assertThat(image.resourceCount()).isEqualTo(resources);
    assertThat(image.countGrants())
        .isEqualTo(state.clients().values().stream().mapToLong(c -> c.grants().size()).sum());
  }
}
