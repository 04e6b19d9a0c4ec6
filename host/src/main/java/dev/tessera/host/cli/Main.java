package dev.tessera.host.cli;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.DeviceName;
import dev.tessera.host.config.MemoryLimit;
import dev.tessera.host.evaluate.ProbeKind;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** Starts the command line and turns what goes wrong into one line and an exit code. */
public final class Main {

  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private Main() {}

  /** Runs one command and ends the process. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  /** All commands, with their failures turned into lines and codes. */
  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new TesseraCommand());
    command.setExecutionExceptionHandler(Main::report);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setUsageHelpAutoWidth(true);
    showVersion(command, new Version());
    command.registerConverter(DeviceName.class, checked(DeviceName::new));
    command.registerConverter(MemoryLimit.class, checked(MemoryLimit::new));
    command.registerConverter(ProbeKind.class, checked(ProbeKind::of));
    return command;
  }

  /** Without this, --version behind a subcommand would print nothing. */
  private static void showVersion(CommandLine command, IVersionProvider version) {
    for (CommandLine sub : command.getSubcommands().values()) {
      sub.getCommandSpec().versionProvider(version);
      showVersion(sub, version);
    }
  }

  private static <T> ITypeConverter<T> checked(Function<String, T> constructor) {
    return text -> {
      try {
        return constructor.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  private static int report(Exception failure, CommandLine command, ParseResult parsed) {
    boolean debug = ((TesseraCommand) command.getCommandSpec().root().userObject()).debug;
    String message =
        failure instanceof PluginException
            ? failure.getMessage()
            : "a fault of Tessera itself: " + failure + (debug ? "" : " (--debug shows where)");
    command.getErr().println("tessera: " + message);
    if (debug) {
      failure.printStackTrace(command.getErr());
    }
    return failure instanceof PluginException known && known.code() == ErrorCode.INVALID_CONFIG
        ? WRONG_USAGE
        : FAILED;
  }
}
