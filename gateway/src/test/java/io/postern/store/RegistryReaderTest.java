package io.postern.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.RegisteredClient;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.grant.Grant;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
    connection = database.connect(vertx).await();
    reader = new RegistryReader(connection, new SharedValues(), keyring, PAGE);
  }

  @AfterEach
  void close() {
    connection.close().await();
    vertx.close().await();
  }

  // with the built-in service: one less than a page, a page, one more, and so on
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5})
  void snapshot_handsOverEachApplicationOnce_whereverThePagesEnd(int agents) throws Exception {
    execute(insertAgents(agents));

    List<Page> pages = readSnapshot();

    // the first has the signing keys
    assertThat(pages).hasSize(1 + (agents + 1 + PAGE - 1) / PAGE);
    assertThat(ids(pages)).containsExactlyElementsOf(new TreeSet<>(ids(pages))).hasSize(agents + 1);
    assertThat(pages.getLast().read()).isEqualTo(agents + 1);
    assertThat(pages).allMatch(page -> page.inAll() == agents + 1);
    assertThat(pages).extracting(Page::read).isSorted();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4})
  void feed_handsOverEachChangeOnce_whereverThePagesEnd(int changed) throws Exception {
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

    List<Change> changes = pages.stream().flatMap(page -> page.changes().stream()).toList();
    assertThat(changes).hasSize(changed);
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
        .containsExactlyInAnyOrder("urn:named", "urn:postern:admin", "urn:postern:agent:nobody");
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
            clients(readSnapshot()).stream().flatMap(c -> c.grants().stream()).toList());
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
          case Change.SigningKeysPut keys -> {}
        }
      }
      ofPage.stream().sorted().forEach(ids::add);
    }
    return ids;
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
