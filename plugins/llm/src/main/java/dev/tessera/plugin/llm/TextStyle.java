package dev.tessera.plugin.llm;

/** How a client's events become one text. */
enum TextStyle {
  /**
   * The last searches as a table of their codes and times, oldest first; see {@link SearchTable}.
   */
  SEARCH_TABLE,
  /** A line for each event, by templates; see {@link EventLines}. */
  EVENT_LINES
}
