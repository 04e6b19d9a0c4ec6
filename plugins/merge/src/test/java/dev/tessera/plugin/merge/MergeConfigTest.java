package dev.tessera.plugin.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.api.ConfigKey;
import dev.tessera.api.ModelPluginFactory;
import dev.tessera.plugin.merge.MergeInput.PcaSolver;
import dev.tessera.plugin.merge.MergeInput.Processor;
import dev.tessera.plugin.merge.MergeInput.ScalerKind;
import dev.tessera.plugin.merge.MergeInput.Scope;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class MergeConfigTest {

  @Test
  void refusesAStepNamedTwice() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                MergeConfigs.mean(MergeConfigs.weighted("als", 1), MergeConfigs.weighted("als", 2)))
        .withMessage("inputs must name each step once, 'als' is there twice");
  }

  @Test
  void refusesNoInputs() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MergeConfigs.mean())
        .withMessage("inputs must name at least one step, was empty");
  }

  @Test
  void refusesPcaWithoutComponents() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MergeConfigs.pca("gru", 0, PcaSolver.FULL, ScalerKind.NONE))
        .withMessage("components must be at least 1 with processor: pca, was 0");
  }

  @Test
  void refusesComponentsWithoutPca() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MergeInput(
                    "gru",
                    true,
                    Processor.NONE,
                    8,
                    PcaSolver.FULL,
                    ScalerKind.NONE,
                    Scope.COLUMN,
                    1))
        .withMessage("components is used with processor: pca only, here it is 8");
  }

  @Test
  void refusesAGlobalNormalizer() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MergeConfigs.scaled("gru", ScalerKind.NORMALIZER, Scope.GLOBAL))
        .withMessage("scope: global needs a scaler of columns, not none or normalizer");
  }

  @Test
  void refusesAConstantThatNothingUses() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MergeConfig(
                    List.of(MergeConfigs.weighted("als", 1)),
                    MergeConfig.Imputer.MEAN,
                    3,
                    MergeConfig.OnMissing.ERROR))
        .withMessage("constant is used with imputer: constant only, here it is 3.0");
  }

  @Test
  void documentsEveryKey() {
    for (Class<?> type : List.of(MergeConfig.class, MergeInput.class)) {
      for (RecordComponent component : type.getRecordComponents()) {
        assertThat(component.getAnnotation(ConfigKey.class)).as("%s", component).isNotNull();
      }
    }
  }

  @Test
  void readsTheStepsItNamesAndIsFoundAsAService() {
    MergePluginFactory factory = new MergePluginFactory();
    assertThat(
            factory.inputs(
                MergeConfigs.mean(MergeConfigs.weighted("b", 1), MergeConfigs.weighted("a", 1))))
        .containsExactly("b", "a");
    assertThat(ServiceLoader.load(ModelPluginFactory.class))
        .hasAtLeastOneElementOfType(MergePluginFactory.class);
  }
}
