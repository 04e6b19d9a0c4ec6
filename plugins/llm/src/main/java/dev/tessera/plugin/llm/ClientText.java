package dev.tessera.plugin.llm;

/** Writes the text of one client after another. Not safe for several threads: one each. */
@FunctionalInterface
interface ClientText {

  /**
   * The text.
   *
   * @param client the dense index in the log
   * @return empty if the client has none of the events
   */
  String of(int client);
}
