package dev.tessera.plugin.lightfm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.PluginContext;
import dev.tessera.api.testkit.TestContext;
import dev.tessera.plugin.lightfm.GoldenPairs.Quality;
import dev.tessera.plugin.lightfm.LightFmConfig.Loss;
import dev.tessera.plugin.lightfm.LightFmConfig.Schedule;
import org.junit.jupiter.api.Test;

/**
 * Held-out quality beside that of LightFM 1.17 on the same pairs: at least its mean less its
 * standard deviation. Means of several seeds, since a seed is worth some thousandths.
 */
class QualityGoldenTest {

  @Test
  void withoutFeaturesItRanksAsWellAsLightFm() {
    Quality quality = train(Loss.WARP, Schedule.ADAGRAD, false, 40);
    // 0.7424 ± 0.0035 and 0.0151 ± 0.0004
    assertThat(quality.auc()).isGreaterThan(0.7389);
    assertThat(quality.precision()).isGreaterThan(0.01472);
  }

  @Test
  void withIdentityAndScaledCodesItRanksAsWellAsLightFm() {
    Quality quality = train(Loss.WARP, Schedule.ADAGRAD, true, 10);
    // 0.7633 ± 0.0017 and 0.01355 ± 0.00011
    assertThat(quality.auc()).isGreaterThan(0.7616);
    assertThat(quality.precision()).isGreaterThan(0.01344);
  }

  @Test
  void adadeltaRanksAsWellToo() {
    assertThat(train(Loss.WARP, Schedule.ADADELTA, false, 3).auc()).isGreaterThan(0.7389);
    assertThat(train(Loss.WARP, Schedule.ADADELTA, true, 3).auc()).isGreaterThan(0.7616);
  }

  @Test
  void theOtherLossesLearnMoreThanWhatIsPopular() {
    // ranking by popularity: 0.6583 and 0.0073
    for (Loss loss : new Loss[] {Loss.BPR, Loss.LOGISTIC}) {
      for (boolean features : new boolean[] {false, true}) {
        Quality quality = train(loss, Schedule.ADAGRAD, features, 2);
        assertThat(quality.auc()).as("%s %s", loss, features).isGreaterThan(0.68);
        assertThat(quality.precision()).as("%s %s", loss, features).isGreaterThan(0.009);
      }
    }
  }

  private static Quality train(Loss loss, Schedule schedule, boolean features, int seeds) {
    GoldenPairs golden = GoldenPairs.read();
    Pairs pairs = golden.training();
    LightFmConfig config =
        LightFmConfigs.of(
            LightFmConfigs.EVENTS,
            LightFmConfig.Clients.RELEVANT,
            LightFmConfigs.IDENTITY,
            LightFmConfigs.SKU_IDENTITY,
            loss,
            schedule,
            64,
            30);
    double auc = 0;
    double precision = 0;
    for (int seed = 0; seed < seeds; seed++) {
      try (TestContext context = new TestContext(1, seed);
          PluginContext.Progress progress = context.progress("pairs", 1)) {
        Trainer trainer =
            new Trainer(
                config,
                pairs,
                features ? golden.clientFeatures() : Features.identities(pairs.clients()),
                features ? golden.skuFeatures() : Features.identities(pairs.skuCount()),
                context);
        for (int epoch = 1; epoch <= config.epochs(); epoch++) {
          trainer.epoch(epoch, progress);
        }
        Quality quality = golden.quality(trainer.clients().composed(), trainer.skus().composed());
        auc += quality.auc() / seeds;
        precision += quality.precision() / seeds;
      }
    }
    return new Quality(auc, precision);
  }
}
