package io.postern.store.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.RegisteredClient;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.grant.Grant;
import io.postern.index.IndexImage;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.keys.Keyring;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of a reading, and what is shared between them. */
@Timeout(60)
class RegistryReaderTest {
  private static final int PAGE = 3;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** One more secret and one more key for each agent. */
  private static final String CREDENTIALS =
      """
      insert into client_secret (secret_id, client_id, hash, data_key_id)
        select 'secret-' || n, a.id, sha256(n::text::bytea), data_key_id
          from data_key, (select id, nextval('creation_number') as n from application
                           where kind = 'agent') a
         where purpose = 'secret_hash';
      insert into client_key (client_id, kid, thumbprint, key_type, public_key)
        select id, n, n, 'P-256', 'key'
          from (select id, nextval('creation_number')::text as n from application
                 where kind = 'agent') a\
      """;

  /** Three services, an agent with an audience of its own, and scopes of these and all agents. */
  private static final String SERVICES =
      """
      insert into application (id, kind, name, audience)
        select 'service-' || n, 'service', 'A service', 'urn:service:' || n
          from generate_series(0, 2) n;
      insert into application (id, kind, name, audience, permission_name, permission_mode)
        values ('named', 'agent', 'An agent', 'urn:named', 'Call it', 'auto');
      insert into scope (application_id, value)
        select id, value from application, (values ('read'), ('write')) as scopes (value)
         where not builtin\
      """;

  /** A grant on a resource for each agent. */
  private static final String GRANTS =
      """
      insert into resource_grant (client_id, resource_id, scopes)
        select id, '%1$s', '{read}' from application where kind = 'agent' and id <> '%1$s'\
      """;

  private record Page(List<Change> changes, long read, long inAll) {}

  private final Vertx vertx = Vertx.vertx();
  private String url;
  private Keyring keyring;
  private SqlConnection connection;
  private RegistryReader reader;

  @BeforeEach
  void open() {
    url = TestPostgres.newDatabase();
    Database database = Database.parse(url);
    new Schema(database).migrate();
    keyring =
        new FirstStart(MasterKeys.parse(TestGateway.MASTER_KEY), CryptoProvider.best())
            .prepare(database.pool(vertx), null, FirstStart.Seed.NONE)
            .keyring();
    connection = database.connect(vertx, "test").await();
    reader = new RegistryReader(connection, new SharedValues(), keyring, PAGE);
  }

  @AfterEach
  void close() {
    connection.close().await();
    vertx.close().await();
  }

  // with the two built-in services: a page, one more, and so on
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5})
  void snapshot_handsOverEachRowOnce_whereverThePagesEnd(int agents) throws Exception {
    execute(insertAgents(agents));
    execute(CREDENTIALS);

    List<Page> pages = readSnapshot();

    assertThat(ids(pages)).doesNotHaveDuplicates().hasSize(agents + 2);
    assertThat(extensions(pages)).hasSize(2 * agents);
    assertThat(pages.getLast().read()).isEqualTo(3 * agents + 2);
    assertThat(pages).allMatch(page -> page.inAll() >= page.read());
    assertThat(pages).extracting(Page::read).isSorted();
    assertThat(pages).allMatch(page -> page.changes().size() <= PAGE);
  }

  @Test
  void rowsOfAClient_inAnyOrderAndOnAnyPage_makeTheClientThatTheFeedMakes() throws Exception {
    Revision before = reader.head();
    IndexImage.Builder next = snapshot().edit();
    execute(insertAgents(4));
    execute(SERVICES);
    // a client's rows lie apart from each other: first one of each client, then the next of each
    for (int i = 0; i < 3; i++) {
      execute(CREDENTIALS);
      execute(GRANTS.formatted("service-" + i));
    }
    // and agents are called by agents
    execute(GRANTS.formatted("agent-1"));
    execute(GRANTS.formatted("named"));
    // new versions of rows lie behind the others
    execute("update client_secret set expires_at = 'infinity' where client_id = 'agent-2'");
    execute("update client_key set expires_at = '2100-01-01' where client_id = 'agent-3'");
    execute("update resource_grant set scopes = '{write}' where client_id = 'agent-4'");

    IndexImage read = snapshot();
    reader.readFeed(before, next::apply);
    IndexImage followed = next.build();

    for (int i = 1; i <= 4; i++) {
      RegisteredClient client = read.findClient("agent-" + i);
      assertThat(client).isEqualTo(followed.findClient("agent-" + i));
      assertThat(client.secrets()).hasSize(3);
      assertThat(client.keys()).hasSize(3);
      assertThat(client.grantCount()).isEqualTo(i == 1 ? 4 : 5);
    }
    assertThat(read.findClient("agent-2").findGrant("urn:postern:agent:agent-1", NOW)).isNotNull();
    assertThat(read.findClient("agent-2").findGrant("urn:named", NOW)).isNotNull();
    assertThat(read.findClient("named")).isEqualTo(followed.findClient("named"));
    assertThat(read.clientCount()).isEqualTo(followed.clientCount());
    assertThat(read.resourceCount()).isEqualTo(followed.resourceCount());
    assertThat(read.countGrants()).isEqualTo(followed.countGrants());
  }

  @Test
  void service_isAClientWhileItHoldsCredentials_andMayHaveNoTokens() throws Exception {
    Revision before = reader.head();
    IndexImage.Builder next = snapshot().edit();
    execute(SERVICES);
    execute(
        """
        insert into client_secret (secret_id, client_id, hash, data_key_id)
          select 'of-service', 'service-1', sha256('x'), data_key_id
            from data_key where purpose = 'secret_hash';
        insert into client_key (client_id, kid, thumbprint, key_type, public_key)
          values ('service-2', 'k', 't', 'P-256', 'k')\
        """);
    IndexImage read = snapshot();
    reader.readFeed(before, next::apply);
    IndexImage followed = next.build();
    for (IndexImage image : List.of(read, followed)) {
      assertThat(image.findClient("service-0")).isNull();
      assertThat(image.findClient("service-1").secrets()).hasSize(1);
      assertThat(image.findClient("service-2").keys()).hasSize(1);
      assertThat(image.findClient("service-2").grantTypes()).isEmpty();
    }
    assertThat(read.findClient("service-1")).isEqualTo(followed.findClient("service-1"));
    assertThat(read.clientCount()).isEqualTo(followed.clientCount()).isEqualTo(3);

    Revision with = reader.head();
    IndexImage.Builder last = followed.edit();
    execute("delete from client_secret where client_id = 'service-1'");
    execute("delete from application where id = 'service-2'");
    reader.readFeed(with, last::apply);
    IndexImage without = last.build();
    assertThat(without.clientCount()).isOne();
    assertThat(without.findClient("service-1")).isNull();
    assertThat(without.resourceCount()).isEqualTo(read.resourceCount() - 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4})
  void feed_handsOverEachChange_whereverThePagesEnd(int changed) throws Exception {
    execute(insertAgents(9));
    Revision before = reader.head();
    execute(
        "update application set status = 'disabled' where id <= 'agent-%d' and kind = 'agent'"
            .formatted(changed));
    if (changed > 0) {
      execute("delete from application where id = 'agent-1'");
    }

    List<Page> pages = new ArrayList<>();
    assertThat(reader.readFeed(before, page -> pages.add(new Page(page.changes(), 0, 0))))
        .isEqualTo(RegistryReader.FeedReading.COMPLETE);

    // what was changed and then deleted may be told of twice; each draws two lines besides
    Set<Change> all =
        pages.stream().flatMap(page -> page.changes().stream()).collect(Collectors.toSet());
    Set<Change> changes =
        all.stream()
            .filter(change -> !(change instanceof Change.LinePut))
            .collect(Collectors.toSet());
    assertThat(all).hasSize(3 * changed);
    assertThat(changes).hasSize(changed);
    assertThat(pages).allMatch(page -> page.changes().size() <= PAGE);
    if (changed > 0) {
      assertThat(changes).contains(new Change.ApplicationRemoved("agent-1"));
    }
    assertThat(clients(pages))
        .hasSize(Math.max(0, changed - 1))
        .noneMatch(RegisteredClient::active);
  }

  @Test
  void agent_withItsDerivedAudience_isNoResourceOfItsOwn_butOneWithAnotherIs() throws Exception {
    execute(insertAgents(2));
    execute(insertAgent("named", "'urn:named'"));
    // looks like that of an agent that does not exist
    execute(insertAgent("posing", "'urn:postern:agent:nobody'"));

    List<Page> pages = readSnapshot();

    assertThat(pages.stream().flatMap(page -> page.changes().stream()))
        .filteredOn(Change.ResourcePut.class::isInstance)
        .extracting(change -> ((Change.ResourcePut) change).resource().audience())
        .containsExactlyInAnyOrder(
            "urn:named", "urn:postern:admin", "urn:postern:vault", "urn:postern:agent:nobody");
    assertThat(clients(pages))
        .filteredOn(client -> client.findAgentResource() != null)
        .extracting(RegisteredClient::clientId)
        .containsExactlyInAnyOrder("agent-1", "agent-2");
  }

  @Test
  void equalGrants_areOneObject_acrossPagesAndReadings() throws Exception {
    execute(insertAgents(9));
    execute(
        """
        insert into application (id, kind, name, audience)
          values ('service', 'service', 'A service', 'urn:service');
        insert into scope (application_id, value) values ('service', 'read'), ('service', 'write');
        insert into resource_grant (client_id, resource_id, scopes)
          select id, 'service', '{write,read}' from application where kind = 'agent'\
        """);
    List<Grant> grants =
        new ArrayList<>(
            extensions(readSnapshot()).stream()
                .flatMap(change -> ((Change.ClientExtended) change).grants().stream())
                .toList());
    Revision before = reader.head();
    execute(insertAgent("late", "'urn:postern:agent:late'"));
    execute(
        """
        insert into resource_grant (client_id, resource_id, scopes)
          values ('late', 'service', '{read,write}')\
        """);
    List<Page> pages = new ArrayList<>();
    reader.readFeed(before, page -> pages.add(new Page(page.changes(), 0, 0)));
    grants.addAll(clients(pages).getFirst().grants());

    assertThat(grants)
        .hasSize(10)
        .allSatisfy(grant -> assertThat(grant).isSameAs(grants.getFirst()));
    assertThat(grants.getFirst().scopes().text()).isEqualTo("read write");
    assertThat(grants.getFirst().audience()).isEqualTo("urn:service");
  }

  private IndexImage snapshot() {
    IndexImage.Builder image = IndexImage.EMPTY.edit();
    reader.readSnapshot((page, read, inAll) -> image.apply(page));
    return image.build();
  }

  private List<Page> readSnapshot() {
    List<Page> pages = new ArrayList<>();
    reader.readSnapshot(
        (ChangeSet page, long read, long inAll) ->
            pages.add(new Page(page.changes(), read, inAll)));
    return pages;
  }

  private static List<String> ids(List<Page> pages) {
    List<String> ids = new ArrayList<>();
    for (Page page : pages) {
      List<String> ofPage = new ArrayList<>();
      for (Change change : page.changes()) {
        switch (change) {
          case Change.ClientPut put -> ofPage.add(put.client().clientId());
          case Change.ResourcePut put -> ofPage.add(put.resource().id());
          case Change.ApplicationRemoved removed -> ofPage.add(removed.id());
          case Change.ClientExtended more -> {}
          case Change.ClientLinked links -> {}
          case Change.ClientRemoved removed -> {}
          case Change.CredentialPut put -> {}
          case Change.CredentialRemoved removed -> {}
          case Change.LinePut put -> {}
          case Change.LineRemoved removed -> {}
          case Change.SigningKeysPut keys -> {}
        }
      }
      ofPage.stream().sorted().forEach(ids::add);
    }
    return ids;
  }

  private static List<Change> extensions(List<Page> pages) {
    return pages.stream()
        .flatMap(page -> page.changes().stream())
        .filter(Change.ClientExtended.class::isInstance)
        .toList();
  }

  private static List<RegisteredClient> clients(List<Page> pages) {
    return pages.stream()
        .flatMap(page -> page.changes().stream())
        .filter(Change.ClientPut.class::isInstance)
        .map(change -> ((Change.ClientPut) change).client())
        .toList();
  }

  private static String insertAgents(int count) {
    return """
    insert into application (id, kind, name, audience, permission_name, permission_mode)
    select 'agent-' || n, 'agent', 'An agent', 'urn:postern:agent:agent-' || n, 'Call it', 'auto'
      from generate_series(1, %d) n\
    """
        .formatted(count);
  }

  private static String insertAgent(String id, String audience) {
    return """
    insert into application (id, kind, name, audience, permission_name, permission_mode)
    values ('%s', 'agent', 'An agent', %s, 'Call it', 'auto')\
    """
        .formatted(id, audience);
  }

  private void execute(String sql) throws Exception {
    try (Connection writer = TestRegistry.connect(url);
        Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }
}
