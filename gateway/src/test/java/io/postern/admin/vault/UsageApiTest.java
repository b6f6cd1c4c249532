package io.postern.admin.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UsageApiTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  @Test
  void usage_isToldByDayAndAgent_inPages() throws Exception {
    String credential =
        server
            .post(
                "/admin/v1/credentials",
                "{\"name\": \"K\", \"business_type\": \"llm\", \"identifier\": \"used\","
                    + " \"api_key\": \"k\"}")
            .text("credential_id");
    String agent = server.newAgent("Clerk");
    server.execute(
        """
        insert into hosted_use (credential_id, day, client_id, obtains, relays, failures,
          request_bytes, response_bytes, input_tokens, output_tokens)
        select '%1$s', day, client, 1, 2, 3, 4, 5, 6, 7
          from unnest('{2026-01-30,2026-01-31,2026-02-01}'::date[]) day,
               unnest('{gone,%2$s}'::text[]) client
        union all select 'other', '2026-01-30', 'gone', 1, 2, 3, 4, 5, 6, 7
        """
            .formatted(credential, agent));
    String usage = "/admin/v1/credentials/" + credential + "/usage";

    JsonNode day = server.get(usage + "?from=2026-01-31&to=2026-01-31").json().path("items");
    assertThat(day).hasSize(2);
    assertThat(day.get(0).toString())
        .isEqualTo(
            "{\"day\":\"2026-01-31\",\"client_id\":\"%s\",\"agent_name\":\"Clerk\",\"obtains\":1,\"relays\":2,\"failures\":3,\"request_bytes\":4,\"response_bytes\":5,\"input_tokens\":6,\"output_tokens\":7}"
                .formatted(agent));
    assertThat(day.get(1).path("agent_name").isNull()).isTrue();

    List<String> rows = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = server.get(usage + "?limit=1" + cursor);
      assertThat(page.json().path("items")).hasSize(1);
      JsonNode item = page.json().at("/items/0");
      rows.add(item.path("day").asText() + " " + item.path("client_id").asText());
      cursor =
          page.json().path("next_cursor").isNull() ? "" : "&cursor=" + page.text("next_cursor");
    } while (!cursor.isEmpty());
    assertThat(rows).hasSize(6).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void badQuery_isToldSo() throws Exception {
    assertThat(server.get("/admin/v1/credentials/none/usage").status()).isEqualTo(404);
    String usage = "/admin/v1/credentials/none/usage?";
    for (String query : List.of("from=2026", "to=2026-02-30", "cursor=x", "cursor=dXNhZ2U6MQ")) {
      assertThat(server.get(usage + query).status()).as(query).isEqualTo(400);
    }
  }
}
