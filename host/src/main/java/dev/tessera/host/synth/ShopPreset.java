package dev.tessera.host.synth;

/** The sizes people ask for by name. */
public enum ShopPreset {
  /** For tests and a first run: small enough to learn from in seconds. */
  TINY(new ShopPlan(2_000, 0.25, 800, 80, 150, 2.5, 42)),
  /** For trying configurations. */
  SMALL(new ShopPlan(20_000, 0.5, 6_000, 250, 150, 1.6, 42)),
  /** For timing on one machine. */
  MEDIUM(new ShopPlan(200_000, 2, 120_000, 2_000, 150, 1, 42)),
  /** The counts of the RecSys Challenge 2025 data by Synerise. */
  SYNERISE(new ShopPlan(1_000_000, 17.9, 1_270_970, 6_800, 150, 1, 42));

  private final ShopPlan plan;

  ShopPreset(ShopPlan plan) {
    this.plan = plan;
  }

  /** The preset's sizes; change what differs. */
  public ShopPlan plan() {
    return plan;
  }
}
