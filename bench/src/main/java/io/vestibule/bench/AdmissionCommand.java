package io.vestibule.bench;

import io.vestibule.bench.admission.AdmissionReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench admission}: the waiting line on a virtual clock. Exits with 0 when nobody was admitted beyond the capacity or out of order, else with 1. */
@Command(name = "admission", mixinStandardHelpOptions = true,
    description = "Runs the core of the waiting line among people, faults and bots on a virtual clock, and prints how well it kept the rules and what its estimates were worth.")
final class AdmissionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--seed", defaultValue = "3001", paramLabel = "N", description = "The first seed (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--seeds", defaultValue = "20", paramLabel = "N", description = "How many seeds, one after the other (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(names = "--scenario", split = ",", paramLabel = "NAME", description = "flash, sine, bots, halved, killed, partition, split, skew (default: all).")
  private List<String> scenarios = List.of();

  @Option(names = "--plots", paramLabel = "DIRECTORY", description = "Where to write the plots of the first seed as SVG files (default: nowhere).")
  private Path plots;

  @Override
  public Integer call() throws IOException {
    if (seeds < 1) {
      throw new ParameterException(spec.commandLine(), "--seeds must be at least 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    try {
      var report = new AdmissionReport(scenarios, LongStream.range(seed, seed + seeds).toArray());
      report.print(out);
      if (plots != null) {
        report.plot(plots);
      }
      return report.isFair() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
