package dev.tessera.plugin.als;

import dev.tessera.api.EventKind;
import dev.tessera.plugin.als.AlsConfig.Clients;
import dev.tessera.plugin.als.AlsConfig.Item;
import dev.tessera.plugin.als.AlsConfig.LossReport;
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.util.Map;

/** Configurations for tests. */
final class AlsConfigs {

  private static final Map<EventKind, Double> PURCHASES =
      Map.of(EventKind.PRODUCT_BUY, 3.0, EventKind.ADD_TO_CART, 1.0);

  private AlsConfigs() {}

  /** The defaults, but for what most tests vary. */
  static AlsConfig solving(Solver solver, int factors, int iterations) {
    return new AlsConfig(
        PURCHASES,
        Item.CATEGORY,
        Clients.ALL,
        factors,
        iterations,
        0.01,
        1,
        solver,
        3,
        LossReport.EACH);
  }

  /** For a single row's system. */
  static AlsConfig rows(Solver solver, int factors, double alpha, int cgSteps) {
    return new AlsConfig(
        PURCHASES,
        Item.CATEGORY,
        Clients.ALL,
        factors,
        1,
        0.01,
        alpha,
        solver,
        cgSteps,
        LossReport.EACH);
  }

  /** Other events and items, fitted exactly. */
  static AlsConfig reading(
      Map<EventKind, Double> events, Item item, Clients clients, int factors, LossReport loss) {
    return new AlsConfig(events, item, clients, factors, 3, 0.01, 1, Solver.CHOLESKY, 3, loss);
  }
}
