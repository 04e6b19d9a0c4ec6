package dev.tessera.plugin.als;

import dev.tessera.api.PluginContext;

/** The exact half-step: normal equations, one Cholesky factorisation a row. */
final class CholeskyStep implements HalfStep {

  private final PluginContext context;
  private final AlsConfig config;

  CholeskyStep(PluginContext context, AlsConfig config) {
    this.context = context;
    this.config = config;
  }

  @Override
  public void run(InteractionMatrix entries, Factors fixed, double[] gram, Factors solved) {
    NormalEquations equations = new NormalEquations(config, fixed, gram, context);
    int[] starts = entries.starts();
    entries.forRanges(
        context,
        (task, first, last) -> {
          NormalEquations.Workspace workspace = equations.workspace();
          for (int row = first; row < last; row++) {
            workspace.solve(
                entries.columns(),
                entries.weights(),
                starts[row],
                starts[row + 1],
                solved.values(),
                solved.start(row));
          }
        });
  }
}
