package dev.tessera.plugin.llm;

/** Which event's line comes first. */
enum TextOrder {
  NEWEST_FIRST,
  OLDEST_FIRST
}
