package dev.tessera.host.plugin;

/** A jar that cannot be used; the message is the one line of why. */
final class BrokenPluginException extends Exception {

  private static final long serialVersionUID = 1L;

  BrokenPluginException(String why) {
    super(why);
  }
}
