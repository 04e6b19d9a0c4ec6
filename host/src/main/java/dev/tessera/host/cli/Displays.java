package dev.tessera.host.cli;

import dev.tessera.host.progress.PlainDisplay;
import dev.tessera.host.progress.ProgressDisplay;
import dev.tessera.host.progress.TerminalDisplay;

/** Chooses how progress is shown: bars where a person watches, lines elsewhere. */
final class Displays {

  private Displays() {}

  /** A display on standard error, so that standard output holds results alone. */
  static ProgressDisplay standardError() {
    boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    return terminal ? new TerminalDisplay(System.err) : new PlainDisplay(System.err);
  }
}
