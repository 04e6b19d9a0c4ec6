package dev.tessera.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ConfigKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordTypeTest {

  record Plain(int x) {}

  record Unsupported(@ConfigKey("x") Set<String> names) {}

  record WrongKeys(@ConfigKey("x") Map<Integer, String> names) {}

  record Ring(@ConfigKey("x") List<Ring> rings) {}

  record WrongDefault(@ConfigKey(value = "x", defaultValue = "many") int x) {}

  record Deep(@ConfigKey("x") Map<String, WrongDefault> parts) {}

  @Test
  void namesTheComponentThatCannotBeFilled() {
    refuses(Plain.class, "Plain.x has no @ConfigKey");
    refuses(Unsupported.class, "Unsupported.names has the type java.util.Set<java.lang.String>");
    refuses(WrongKeys.class, "WrongKeys.names has the type java.util.Map<");
    refuses(Ring.class, "RecordTypeTest$Ring contains itself");
  }

  @Test
  void namesADefaultThatCannotBeRead() {
    refuses(WrongDefault.class, "x must be a whole number, was 'many' (key x, default)");
    refuses(Deep.class, "x must be a whole number, was 'many'");
  }

  @Test
  void describesEachKey() {
    assertThat(RecordType.of(SampleConfig.class).keys())
        .extracting(KeySpec::name, key -> key.type().describe(), KeySpec::range, KeySpec::required)
        .startsWith(
            org.assertj.core.groups.Tuple.tuple("factors", "whole number", "1..1024", true),
            org.assertj.core.groups.Tuple.tuple("big-number", "whole number", "", false),
            org.assertj.core.groups.Tuple.tuple("regularisation", "number", "at least 0", false),
            org.assertj.core.groups.Tuple.tuple("drop-zero-rows", "true or false", "", false))
        .endsWith(
            org.assertj.core.groups.Tuple.tuple(
                "groups", "map from text to list of text", "", false),
            org.assertj.core.groups.Tuple.tuple("part", "keys", "", false),
            org.assertj.core.groups.Tuple.tuple("parts", "list of keys", "", false));
  }

  private static void refuses(Class<? extends Record> type, String message) {
    assertThatThrownBy(() -> RecordType.of(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
