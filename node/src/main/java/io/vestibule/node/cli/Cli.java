package io.vestibule.node.cli;

import io.vestibule.bench.BenchCommand;
import io.vestibule.node.config.ConfigException;
import io.vestibule.node.process.ExitCode;
import io.vestibule.node.process.ProcessFailure;
import io.vestibule.node.process.Version;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: parses, runs, and turns whatever goes wrong into one line on standard error and an exit code. */
public final class Cli {
  private final CommandLine line;

  /**
   * @param environment the variables of the process
   * @param out where answers go
   * @param err where one line goes for each thing that is wrong
   */
  public Cli(Map<String, String> environment, PrintWriter out, PrintWriter err) {
    line = new CommandLine(new VestibuleCommand(environment))
        .addSubcommand(new RunCommand(environment))
        .addSubcommand(new CheckConfigCommand(environment))
        .addSubcommand(new DefaultConfigCommand())
        .addSubcommand(new TokenCommand(environment))
        .addSubcommand(new DrainCommand(environment))
        .addSubcommand("bench", new BenchCommand());
    everyCommand(line);
    line.setOut(out).setErr(err).setUsageHelpWidth(120);
    line.setExecutionStrategy(Cli::execute);
    line.setParameterExceptionHandler((wrong, args) -> usage(wrong));
    line.setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, command.getErr()));
  }

  /** Runs the command; returns what the process is to end with. Blocks until it is done. */
  public int execute(String... args) {
    return line.execute(args);
  }

  private static void everyCommand(CommandLine command) {
    var spec = command.getCommandSpec();
    spec.mixinStandardHelpOptions(true).versionProvider(() -> new String[] {"vestibule " + Version.current()});
    spec.usageMessage().showDefaultValues(false).autoWidth(false).sortOptions(false);
    command.getSubcommands().values().forEach(Cli::everyCommand);
  }

  /** Options before a subcommand would be parsed as those of the implied one, and then silently not used. */
  private static int execute(ParseResult parsed) {
    for (ParseResult at = parsed; at.hasSubcommand(); at = at.subcommand()) {
      if (!at.matchedOptions().isEmpty()) {
        throw new ParameterException(at.commandSpec().commandLine(),
            "write " + at.matchedOptions().get(0).longestName() + " after '" + at.subcommand().commandSpec().name() + "', not before it");
      }
    }
    return new RunLast().execute(parsed);
  }

  private static int usage(ParameterException wrong) {
    var command = wrong.getCommandLine();
    var text = new StringBuilder(oneLine(wrong.getMessage()));
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      List<String> meant = unmatched.getSuggestions();
      text.append(meant.isEmpty() ? "" : "; did you mean " + meant.get(0) + "?");
    }
    command.getErr().println("vestibule: " + text + " (see '" + command.getCommandSpec().qualifiedName() + " --help')");
    return ExitCode.USAGE;
  }

  private static int failed(Exception thrown, PrintWriter err) {
    if (thrown instanceof ConfigException config) {
      config.lines().forEach(problem -> err.println("vestibule: " + oneLine(problem)));
      return ExitCode.CONFIG;
    }
    if (thrown instanceof ProcessFailure failure) {
      err.println("vestibule: " + oneLine(failure.getMessage()));
      return failure.exitCode();
    }
    err.println("vestibule: failed unexpectedly: " + oneLine(thrown.toString()));
    return ExitCode.INTERNAL;
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
