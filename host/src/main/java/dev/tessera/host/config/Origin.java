package dev.tessera.host.config;

import java.nio.file.Path;

/** Where a value of the configuration came from. */
public sealed interface Origin {

  /** As it stands in messages, e.g. {@code configs/quick.yaml line 14}. */
  String describe();

  /** A line of a file, counted from 1. */
  record File(Path file, int line) implements Origin {
    @Override
    public String describe() {
      return file + " line " + line;
    }
  }

  /** The command line: {@code key=value} or an option such as {@code --data DIR}. */
  record CommandLine(String text) implements Origin {
    @Override
    public String describe() {
      return "command line " + text;
    }
  }

  /** An environment variable, referred to at another origin. */
  record Environment(String variable, Origin reference) implements Origin {
    @Override
    public String describe() {
      return "environment " + variable + ", " + reference.describe();
    }
  }

  /** The default that the key itself declares. */
  record Default() implements Origin {
    @Override
    public String describe() {
      return "default";
    }
  }
}
