package dev.tessera.host.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.host.flight.security.Grant;
import dev.tessera.host.flight.security.Principal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // an interrupt while a stream is closed would fail the test, rightly
class ActionsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private StoreUnderTest tested;

  @BeforeEach
  void serve() throws Exception {
    RunFixture.write(folder.resolve("runs/quick"), "stats");
    RunFixture.write(folder.resolve("secret"), "stats");
    tested = new StoreUnderTest(folder);
  }

  @AfterEach
  void stopAndFailOnBytesLeft() throws InterruptedException {
    tested.close();
  }

  @Test
  void listsWhatThereIs() {
    List<String> names = new ArrayList<>();
    for (ActionType type : tested.client.listActions()) {
      names.add(type.getType());
      assertThat(type.getDescription()).isNotBlank();
    }
    assertThat(names)
        .contains("list-versions", "publish", "rollback", "retire", "cancel", "CancelFlightInfo");
  }

  @Test
  void publishesRollsBackAndRetiresAndServesByItWhenItReturns() throws Exception {
    for (int version = 1; version <= 2; version++) {
      JsonNode published = act("publish", "{'run': 'quick', 'as': 'profiles'}");
      assertThat(published.get("version").intValue()).isEqualTo(version);
      assertThat(served()).isEqualTo(String.valueOf(version));
    }
    act("rollback", "{'name': 'profiles', 'version': 1}");
    assertThat(served()).isEqualTo("1");
    JsonNode versions = act("list-versions", "{'name': 'profiles'}");
    assertThat(versions).hasSize(2);
    assertThat(versions.get(0).get("default").booleanValue()).isTrue();
    assertThat(versions.get(0).get("steps").get("stats").intValue()).isEqualTo(2);
    assertThat(versions.get(1).get("default").booleanValue()).isFalse();

    act("retire", "{'name': 'profiles', 'version': 2}");
    assertThat(act("list-versions", "")).hasSize(1);
    assertThat(folder.resolve("store/profiles/2/manifest.json")).doesNotExist();
  }

  @Test
  void onlyRunsInTheFolderOfRunsCanBePublished() throws Exception {
    Files.createSymbolicLink(folder.resolve("runs/link"), folder.resolve("secret"));
    for (String run : List.of("../secret", "link", folder.resolve("secret").toString(), ".", "")) {
      assertRefused(
          "publish",
          "{'run': '" + run + "', 'as': 'profiles'}",
          FlightStatusCode.NOT_FOUND,
          "no run '" + run + "' to publish from here");
    }
    assertThat(tested.store.names()).isEmpty();
  }

  @Test
  void cancelFlightInfoBreaksOffTheStreamsOfItsTicketsOnly() throws Exception {
    tested.publish(60_000, 256, 1);
    FlightInfo mine = tested.client.getInfo(StoreUnderTest.command("{'embedding': 'profiles'}"));
    FlightInfo other = tested.client.getInfo(StoreUnderTest.command("{'embedding': 'profiles'}"));
    try (FlightStream cancelled = tested.client.getStream(mine.getEndpoints().get(0).getTicket());
        FlightStream whole = tested.client.getStream(other.getEndpoints().get(0).getTicket())) {
      assertThat(cancelled.next()).isTrue();
      assertThat(whole.next()).isTrue();
      assertThat(cancel(mine)).isEqualTo(CancelStatus.CANCELLED);
      assertThatThrownBy(
              () -> {
                while (cancelled.next()) {
                  assertThat(cancelled.getRoot().getRowCount()).isPositive();
                }
              })
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED));
      int rows = whole.getRoot().getRowCount();
      while (whole.next()) {
        rows += whole.getRoot().getRowCount();
      }
      assertThat(rows).isPositive();
    }
    Eventually.holds(() -> assertThat(cancel(mine)).isEqualTo(CancelStatus.NOT_CANCELLABLE));
    int rows = 0;
    try (FlightStream again = tested.client.getStream(mine.getEndpoints().get(0).getTicket())) {
      while (again.next()) {
        rows += again.getRoot().getRowCount();
      }
    }
    assertThat(rows).isPositive();
  }

  @Test
  void cancelEndsAStreamByTheQueryThatItsRequestNamed() throws Exception {
    tested.publish(60_000, 256, 1);
    try (FlightStream stream = tested.get("{'embedding': 'profiles', 'query': 'mine'}")) {
      assertThat(stream.next()).isTrue();
      assertThat(act("cancel", "{'query': 'other'}").get("cancelled").intValue()).isZero();
      assertThat(act("cancel", "{'query': 'mine'}").get("cancelled").intValue()).isOne();
      assertThatThrownBy(
              () -> {
                while (stream.next()) {
                  assertThat(stream.getRoot().getRowCount()).isPositive();
                }
              })
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED));
    }
  }

  @Test
  void rightsAreAskedForByName() throws Exception {
    tested.publish(10, 2, 1);
    tested.publish(10, 2, 2);
    tested.close();
    Principal partner =
        new Principal("partner", List.of(Grant.parse("read:other*"), Grant.parse("write:other")));
    tested = new StoreUnderTest(folder, credentials -> partner);
    FlightStatusCode denied = FlightStatusCode.UNAUTHORIZED;
    String run = "{'run': 'quick', 'as': '%s'}";
    String version = "{'name': 'profiles', 'version': 1}";
    assertRefused("publish", run.formatted("profiles"), denied, "partner may not write 'profiles'");
    assertRefused("rollback", version, denied, "partner may not write 'profiles'");
    assertRefused("retire", version, denied, "partner may not write 'profiles'");
    assertThat(act("list-versions", "")).isEmpty();
    assertRefused(
        "list-versions", "{'name': 'profiles'}", FlightStatusCode.NOT_FOUND, "there are: none");
    assertThat(act("publish", run.formatted("other")).get("version").intValue()).isOne();
    assertThat(act("list-versions", "")).hasSize(1);
    assertThat(tested.store.versions("profiles")).containsExactly(1, 2);
    assertRefused(
        "retire",
        "{'name': 'nobody', 'version': 1}",
        denied,
        "partner may not write 'nobody'"); // so that names cannot be guessed
  }

  @Test
  void whoMayOnlyWriteSeesTheVersionsOfThatNameAndNoOther() throws Exception {
    tested.publish(10, 2, 1);
    tested.publish(10, 2, 2);
    act("publish", "{'run': 'quick', 'as': 'other'}");
    tested.close();
    Principal writer = new Principal("writer", List.of(Grant.parse("write:profiles")));
    tested = new StoreUnderTest(folder, credentials -> writer);
    JsonNode versions = act("list-versions", "");
    assertThat(versions).hasSize(2).allMatch(v -> v.get("name").textValue().equals("profiles"));
    assertThat(act("list-versions", "{'name': 'profiles'}")).isEqualTo(versions);
    FlightStatusCode notFound = FlightStatusCode.NOT_FOUND;
    assertRefused("list-versions", "{'name': 'other'}", notFound, "there are: profiles");
    assertRefused("rollback", "{'name': 'other', 'version': 1}", FlightStatusCode.UNAUTHORIZED, "");
    assertThatThrownBy(() -> tested.rows("{'embedding': 'profiles'}"))
        .hasMessageContaining("writer may not read 'profiles'");
  }

  @Test
  void mistakesSayWhatWasWanted() throws Exception {
    tested.publish(10, 2, 1);
    FlightStatusCode invalid = FlightStatusCode.INVALID_ARGUMENT;
    assertRefused("publsh", "", invalid, "no action 'publsh' here; there are: CancelFlightInfo,");
    assertRefused("publish", "{'run': 'quick'}", invalid, "key as must be a text");
    assertRefused(
        "publish", "{'run': 'quick', 'as': 'x', 'force': true}", invalid, "unknown key 'force'");
    assertRefused("rollback", "profiles", invalid, "the body is not JSON");
    assertRefused("cancel", "[]", invalid, "wanted a JSON object");
    assertRefused("CancelFlightInfo", "{", invalid, "wanted a CancelFlightInfoRequest");
    assertRefused("publish", "{'run': 'quick', 'as': 'My Name'}", invalid, "must be lower case");
    Path run =
        RunFixture.write(
            folder.resolve("runs/wide"),
            10,
            List.of("a", "b", "c"),
            (step, row, vector) -> vector[0] = row,
            "profile");
    assertThat(run).exists();
    assertRefused(
        "publish",
        "{'run': 'wide', 'as': 'profiles'}",
        invalid,
        "profile of wide has dimension 3, in profiles version 1 it has 2");
    FlightStatusCode notFound = FlightStatusCode.NOT_FOUND;
    assertRefused(
        "rollback",
        "{'name': 'profiles', 'version': 7}",
        notFound,
        "profiles has no version 7; there are: 1");
    assertRefused("retire", "{'name': 'nobody', 'version': 7}", notFound, "there are: profiles");
    assertRefused("list-versions", "{'name': 'nobody'}", notFound, "there are: profiles");
  }

  private String served() {
    return tested
        .client
        .getInfo(StoreUnderTest.command("{'embedding': 'profiles'}"))
        .getSchemaOptional()
        .orElseThrow()
        .getCustomMetadata()
        .get("tessera.version");
  }

  private CancelStatus cancel(FlightInfo info) {
    return tested.client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus();
  }

  private JsonNode act(String name, String json) throws Exception {
    byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return JSON.readTree(tested.client.doAction(new Action(name, body)).next().getBody());
  }

  private void assertRefused(String name, String json, FlightStatusCode code, String why) {
    assertThatThrownBy(() -> act(name, json))
        .isInstanceOfSatisfying(
            FlightRuntimeException.class, e -> assertThat(e.status().code()).isEqualTo(code))
        .hasMessageContaining(why);
  }
}
