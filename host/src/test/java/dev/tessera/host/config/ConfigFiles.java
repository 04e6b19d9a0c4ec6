package dev.tessera.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** YAML files in a folder, as a user would write them, and what a user reads of a mistake. */
record ConfigFiles(Path folder) {

  Path write(String name, String yaml) {
    try {
      return Files.writeString(folder.resolve(name), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ConfigTree tree(String yaml, String... overrides) {
    return tree(yaml, Map.of(), overrides);
  }

  ConfigTree tree(String yaml, Map<String, String> environment, String... overrides) {
    return ConfigTree.read(
        List.of(write("run.yaml", yaml)),
        Arrays.stream(overrides).map(ConfigOverride::parse).toList(),
        environment);
  }

  /** The one line, with the folder's name taken out. */
  String mistake(ThrowingCallable reading) {
    PluginException failure = catchThrowableOfType(PluginException.class, reading);
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
    assertThat(failure.getMessage()).doesNotContain("\n");
    return failure.getMessage().replace(folder + "/", "");
  }

  /** The value at a dotted path. */
  static ConfigNode at(ConfigTree tree, String path) {
    ConfigNode node = tree.root();
    for (String key : path.split("\\.")) {
      node =
          node instanceof ConfigList list
              ? list.items().get(Integer.parseInt(key))
              : ((ConfigMap) node).entries().get(key);
      assertThat(node).as(path).isNotNull();
    }
    assertThat(node.path()).isEqualTo(path);
    return node;
  }
}
