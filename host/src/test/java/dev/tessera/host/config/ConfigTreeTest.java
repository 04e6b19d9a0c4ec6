package dev.tessera.host.config;

import static dev.tessera.host.config.ConfigFiles.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.host.config.ConfigScalar.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTreeTest {

  private static final String RUN =
      """
      # a comment
      seed: 42
      rate: 1.5
      name: "12"
      on: true
      nothing:
      steps:
        als:
          plugin: als
          layers: [64, 32]
        profile:
          plugin: merge
          inputs:
            - {step: als, scaler: normalizer}
            - step: als
              scaler: none
      """;

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setFolder() {
    files = new ConfigFiles(folder);
  }

  @Test
  void knowsTypeAndLineOfEveryValue() {
    ConfigTree tree = files.tree(RUN);
    assertScalar(at(tree, "seed"), Type.INTEGER, "42", 2);
    assertScalar(at(tree, "rate"), Type.DECIMAL, "1.5", 3);
    assertScalar(at(tree, "name"), Type.TEXT, "12", 4);
    assertScalar(at(tree, "on"), Type.BOOLEAN, "true", 5);
    assertScalar(at(tree, "nothing"), Type.EMPTY, "", 6);
    assertScalar(at(tree, "steps.als.layers.1"), Type.INTEGER, "32", 10);
    assertScalar(at(tree, "steps.profile.inputs.0.scaler"), Type.TEXT, "normalizer", 14);
    assertScalar(at(tree, "steps.profile.inputs.1.scaler"), Type.TEXT, "none", 16);
    assertThat(at(tree, "steps.als").origin()).isEqualTo(line(8));
    assertThat(at(tree, "steps.profile.inputs").origin()).isEqualTo(line(13));
  }

  @Test
  void setsAValueByDottedPathTypedAsYamlTypesIt() {
    ConfigTree tree =
        files.tree(
            RUN,
            "steps.als.factors=32",
            "steps.als.layers=[8, 4, 2]",
            "steps.profile.inputs.1.scaler=unit",
            "seed=\"7\"",
            "new.map.key=a=b");
    assertThat(at(tree, "steps.als.factors"))
        .isEqualTo(
            new ConfigScalar(
                "steps.als.factors",
                new Origin.CommandLine("steps.als.factors=32"),
                Type.INTEGER,
                "32"));
    assertThat(((ConfigScalar) at(tree, "steps.als.layers.2")).text()).isEqualTo("2");
    assertThat(((ConfigScalar) at(tree, "steps.profile.inputs.1.scaler")).text()).isEqualTo("unit");
    assertThat(((ConfigScalar) at(tree, "seed")).type()).isEqualTo(Type.TEXT);
    assertThat(((ConfigScalar) at(tree, "new.map.key")).text()).isEqualTo("a=b");
    assertThat(((ConfigScalar) at(tree, "steps.als.plugin")).text()).isEqualTo("als");
  }

  @Test
  void takesTheValueOfAnOptionAsTextWhateverItLooksLike() {
    ConfigOverride option = ConfigOverride.option("--data", "data", "2024");
    ConfigTree tree = ConfigTree.read(List.of(files.write("a", RUN)), List.of(option), Map.of());
    ConfigScalar data = (ConfigScalar) at(tree, "data");
    assertThat(data.type()).isEqualTo(Type.TEXT);
    assertThat(data.origin().describe()).isEqualTo("command line --data 2024");
  }

  @Test
  void letsLaterFilesWinKeyByKeyAndReplaceLists() {
    Path base = files.write("base.yaml", RUN);
    Path profile = files.write("small.yaml", "steps:\n  als: {layers: [1], factors: 8}\nseed: 1\n");
    Path empty = files.write("empty.yaml", "# nothing\n");
    ConfigTree tree = ConfigTree.read(List.of(base, profile, empty), List.of(), Map.of());
    assertThat(((ConfigScalar) at(tree, "seed")).text()).isEqualTo("1");
    assertThat(at(tree, "seed").origin()).isEqualTo(new Origin.File(profile, 3));
    assertThat(((ConfigList) at(tree, "steps.als.layers")).items()).hasSize(1);
    assertThat(at(tree, "steps.als.factors").origin()).isEqualTo(new Origin.File(profile, 2));
    assertThat(at(tree, "steps.als.plugin").origin()).isEqualTo(new Origin.File(base, 9));
    assertThat(((ConfigMap) at(tree, "steps")).entries()).containsKeys("als", "profile");
  }

  @Test
  void refusesTwoStepsOfOneNameWithBothLines() {
    assertThat(files.mistake(() -> files.tree("steps:\n  als: {a: 1}\n  b: {}\n  als: {a: 2}\n")))
        .isEqualTo(
            "[config] two steps are named 'als', first at run.yaml line 2"
                + " (key steps.als, run.yaml line 4)");
  }

  @Test
  void refusesAKeyGivenTwice() {
    assertThat(files.mistake(() -> files.tree("a:\n  b: 1\n  b: 2\n")))
        .isEqualTo(
            "[config] the same key twice: 'b', first at run.yaml line 2"
                + " (key a.b, run.yaml line 3)");
  }

  @Test
  void namesTheLineOfTextThatIsNotYaml() {
    assertThat(files.mistake(() -> files.tree("a: 1\nb: [1, 2\nc: 3\n")))
        .startsWith("[config] cannot be read: expected ',' or ']'")
        .endsWith("(run.yaml line 3)");
    assertThat(files.mistake(() -> files.tree("a: 1\n\tb: 2\n")))
        .contains("found character")
        .endsWith("(run.yaml line 2)");
  }

  @Test
  void namesAFileThatIsNotText() throws IOException {
    Path file = Files.write(folder.resolve("bytes.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(files.mistake(() -> ConfigTree.read(List.of(file), List.of(), Map.of())))
        .isEqualTo("bytes.yaml must be UTF-8 text, has other bytes");
  }

  @Test
  void refusesWhatIsNotKeysAndValues() {
    assertThat(files.mistake(() -> files.tree("- a\n- b\n")))
        .isEqualTo("[config] must be keys and values, was a list (run.yaml line 1)");
    assertThat(files.mistake(() -> files.tree("a: 1\n---\nb: 1\n")))
        .startsWith("[config] must be one document");
    assertThat(files.mistake(() -> files.tree("a: &x {b: 1}\nc: *x\n")))
        .isEqualTo(
            "[config] aliases (*name) are not supported: repeat it (key c, run.yaml line 2)");
  }

  @Test
  void namesAFileThatDoesNotExist() {
    Path absent = folder.resolve("absent.yaml");
    assertThat(files.mistake(() -> ConfigTree.read(List.of(absent), List.of(), Map.of())))
        .isEqualTo("no such file: absent.yaml");
  }

  @Test
  void namesAnOverrideThatLeadsNowhere() {
    assertThat(files.mistake(() -> files.tree(RUN, "seed.deep=1")))
        .isEqualTo(
            "[config] 'seed' has no keys below it, it is 42 (run.yaml line 2)"
                + " (key seed.deep, command line seed.deep=1)");
    assertThat(files.mistake(() -> files.tree(RUN, "steps.als.layers.2=1")))
        .contains("'steps.als.layers' is a list of 2, its items are numbered from 0, was '2'");
    assertThat(files.mistake(() -> files.tree(RUN, "steps.als.layers.x=1"))).contains("was 'x'");
    assertThat(files.mistake(() -> files.tree(RUN, "factors"))).contains("key=value");
    assertThat(files.mistake(() -> files.tree(RUN, "a..b=1"))).contains("was 'a..b=1'");
    assertThat(files.mistake(() -> files.tree(RUN, "=1"))).contains("was '=1'");
    assertThat(files.mistake(() -> files.tree(RUN, "a=[1"))).contains("command line a=[1");
  }

  @Test
  void putsEnvironmentVariablesInTheirPlace() {
    ConfigTree tree =
        files.tree(
            "a: ${HOME_DIR}/x\nb: \"${N:-4}\"\nc: $${KEPT}\nd: ${EMPTY:-}\ne: [\"${N}\"]\n",
            Map.of("HOME_DIR", "/data$1", "N", "9"));
    assertThat(((ConfigScalar) at(tree, "a")).text()).isEqualTo("/data$1/x");
    assertThat(((ConfigScalar) at(tree, "b")).text()).isEqualTo("9");
    assertThat(at(tree, "b").origin().describe())
        .isEqualTo("environment N, " + folder + "/run.yaml line 2");
    assertThat(at(tree, "c")).isEqualTo(new ConfigScalar("c", line(3), Type.TEXT, "${KEPT}"));
    assertThat(((ConfigScalar) at(tree, "d")).text()).isEmpty();
    assertThat(((ConfigScalar) at(tree, "e.0")).text()).isEqualTo("9");
  }

  @Test
  void namesAVariableThatIsNotSetUnlessItsValueIsOverridden() {
    assertThat(files.mistake(() -> files.tree("a: 1\ndata: ${SHOP}/x\n")))
        .isEqualTo(
            "[config] the environment variable SHOP must be set, or given a default: ${SHOP:-…}"
                + " (key data, run.yaml line 2)");
    ConfigTree tree = files.tree("data: ${SHOP}/x\n", "data=there");
    assertThat(((ConfigScalar) at(tree, "data")).text()).isEqualTo("there");
  }

  private void assertScalar(ConfigNode node, Type type, String text, int line) {
    assertThat(node).isEqualTo(new ConfigScalar(node.path(), line(line), type, text));
  }

  private Origin line(int line) {
    return new Origin.File(folder.resolve("run.yaml"), line);
  }

  @Test
  void laysAFileOverTheOneItExtendsAndTakesStepsOut() {
    files.write("base.yaml", RUN);
    Path upper =
        files.write(
            "upper.yaml",
            """
            extends: base.yaml
            seed: 7
            steps:
              als: ~
              profile:
                inputs: [{step: stats}]
            """);
    ConfigTree tree = ConfigTree.read(List.of(upper), List.of(), Map.of());
    assertThat(at(tree, "rate").origin())
        .isEqualTo(new Origin.File(folder.resolve("base.yaml"), 3));
    assertThat(((ConfigScalar) at(tree, "seed")).text()).isEqualTo("7");
    assertThat(((ConfigMap) at(tree, "steps")).entries()).containsOnlyKeys("profile");
    assertThat(((ConfigScalar) at(tree, "steps.profile.plugin")).text()).isEqualTo("merge");
    assertThat(((ConfigList) at(tree, "steps.profile.inputs")).items()).hasSize(1);
    assertThat(tree.root().entries()).doesNotContainKey("extends");
  }

  /** The base's profile speaks of a step that the upper file takes out: it must not come back. */
  @Test
  void aProfileLiesOverEachLayerAndUnderTheCommandLine() {
    files.write("base.yaml", RUN + "profile: gpu\n");
    files.write("base.cpu.yaml", "seed: 5\nrate: 2.5\nsteps: {als: {layers: [8]}}\n");
    Path upper = files.write("upper.yaml", "extends: base.yaml\nprofile: cpu\nsteps: {als: ~}\n");
    ConfigOverride rate = ConfigOverride.parse("rate=3.5");
    ConfigTree tree = ConfigTree.read(List.of(upper), List.of(rate), Map.of());
    assertThat(((ConfigScalar) at(tree, "seed")).text()).isEqualTo("5");
    assertThat(((ConfigScalar) at(tree, "rate")).text()).isEqualTo("3.5");
    assertThat(((ConfigMap) at(tree, "steps")).entries()).containsOnlyKeys("profile");

    ConfigOverride cpu = ConfigOverride.option("--profile", "profile", "cpu");
    Path base = folder.resolve("base.yaml");
    ConfigTree named = ConfigTree.read(List.of(base), List.of(cpu), Map.of());
    assertThat(((ConfigList) at(named, "steps.als.layers")).items()).hasSize(1);
    assertThat(named.root().entries()).doesNotContainKey("profile");
  }

  @Test
  void namesTheProfilesThereAre() {
    Path base = files.write("base.yaml", RUN);
    files.write("base.cpu.yaml", "seed: 5");
    ConfigOverride wanted = ConfigOverride.option("--profile", "profile", "cpus");
    assertThat(files.mistake(() -> ConfigTree.read(List.of(base), List.of(wanted), Map.of())))
        .contains("no profile 'cpus'", "base.cpus.yaml", "there is cpu", "--profile cpus");
  }

  @Test
  void refusesFilesThatExtendEachOther() {
    Path one = files.write("one.yaml", "extends: two.yaml\n");
    files.write("two.yaml", "extends: one.yaml\n");
    assertThat(files.mistake(() -> ConfigTree.read(List.of(one), List.of(), Map.of())))
        .contains("one.yaml is extended by itself", "two.yaml line 1");
  }
}
