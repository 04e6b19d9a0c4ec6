package dev.tessera.host.config;

/**
 * One value of a bound record, for {@code tessera config explain}.
 *
 * @param path dotted from the top
 * @param value as it would stand in YAML
 * @param origin where it came from
 */
public record BoundValue(String path, String value, Origin origin) {}
