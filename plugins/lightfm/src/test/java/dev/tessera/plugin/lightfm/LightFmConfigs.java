package dev.tessera.plugin.lightfm;

import dev.tessera.api.EventKind;
import dev.tessera.plugin.lightfm.LightFmConfig.ClientFeatures;
import dev.tessera.plugin.lightfm.LightFmConfig.Clients;
import dev.tessera.plugin.lightfm.LightFmConfig.Loss;
import dev.tessera.plugin.lightfm.LightFmConfig.Schedule;
import dev.tessera.plugin.lightfm.LightFmConfig.SkuFeatures;
import java.util.Map;

/** Configurations for tests: the defaults, but for what a test varies. */
final class LightFmConfigs {

  static final Map<EventKind, Double> EVENTS =
      Map.of(
          EventKind.PRODUCT_BUY, 1.0,
          EventKind.ADD_TO_CART, 0.7,
          EventKind.REMOVE_FROM_CART, -0.5);

  static final ClientFeatures IDENTITY = new ClientFeatures(true, 0);
  static final SkuFeatures SKU_IDENTITY = new SkuFeatures(true, 0, false, 0);
  static final ClientFeatures SEARCHES = new ClientFeatures(true, 255);
  static final SkuFeatures NAMES = new SkuFeatures(true, 255, false, 0);

  /** Everything that can be known. */
  static final SkuFeatures ALL = new SkuFeatures(true, 255, true, 100);

  private LightFmConfigs() {}

  /** With the features of the defaults. */
  static LightFmConfig defaults() {
    return of(EVENTS, Clients.RELEVANT, SEARCHES, NAMES, Loss.WARP, Schedule.ADAGRAD, 64, 30);
  }

  /** Small, with so many components and epochs. */
  static LightFmConfig small(ClientFeatures clients, SkuFeatures skus, Loss loss) {
    return of(EVENTS, Clients.RELEVANT, clients, skus, loss, Schedule.ADAGRAD, 8, 5);
  }

  static LightFmConfig of(
      Map<EventKind, Double> events,
      Clients clients,
      ClientFeatures clientFeatures,
      SkuFeatures skuFeatures,
      Loss loss,
      Schedule schedule,
      int components,
      int epochs) {
    return new LightFmConfig(
        events,
        clients,
        clientFeatures,
        skuFeatures,
        loss,
        true,
        components,
        epochs,
        schedule,
        0.05,
        0.95,
        1e-6,
        10,
        30);
  }
}
