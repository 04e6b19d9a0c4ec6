package dev.tessera.plugin.llm;

/** Where the model computes. */
enum DeviceChoice {
  /** On the run's device if ONNX Runtime can use it, else on the CPU. */
  AUTO,
  CPU,
  /** On the run's GPU, or not at all. */
  GPU
}
