package dev.tessera.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.EventKind;
import dev.tessera.api.testkit.BuiltLog;
import dev.tessera.api.testkit.CollectingSink;
import dev.tessera.api.testkit.GuidePlugin;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.api.testkit.TinyEvents;
import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin of docs/PLUGINS.md as it stands there. */
class GuidePluginTest {

  @TempDir Path folder;

  @Test
  void isShortAndDoesWhatThePageSays() throws IOException {
    assertThat(GuidePlugin.source().lines().filter(line -> !line.isBlank()).count()).isLessThan(60);
    GuidePlugin.jar().write(folder.resolve("counts.jar"));
    Path file = folder.resolve("run.yaml");
    Files.writeString(file, "steps:\n  mine: {plugin: counts, scale: 0.5}\n");
    RunConfig config = RunConfig.of(ConfigTree.read(List.of(file), List.of(), Map.of()));
    try (PluginRegistry registry = PluginRegistry.load(List.of(folder));
        TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 60)) {
      LoadedPlugin plugin = registry.require("counts");
      Record bound = config.steps().get(0).bind(plugin.configType()).record();
      try (EmbeddingModel model = (EmbeddingModel) plugin.create(bound, context)) {
        model.fit(built.log());
        CollectingSink sink = new CollectingSink();
        model.embed(built.log(), built.log().relevantClients(), sink);
        int client = built.log().indexOf(built.log().relevantClients())[0];
        var visits = built.log().events(EventKind.PAGE_VISIT);
        assertThat(sink.vectors().get(0)[1])
            .isEqualTo(0.5f * (visits.end(client) - visits.start(client)));
        assertThat(sink.vectors()).hasSize(built.log().relevantClients().size());
      }
    }
  }
}
