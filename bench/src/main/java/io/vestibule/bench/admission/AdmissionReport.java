package io.vestibule.bench.admission;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** All runs of the simulation, and what they say together. */
public final class AdmissionReport {
  private final Map<Scenario, Tally> all = new EnumMap<>(Scenario.class);
  private final Map<Scenario, Tally> first = new EnumMap<>(Scenario.class);
  private final long[] seeds;

  /**
   * Runs the simulation.
   *
   * @param scenarios their names; all if empty
   * @throws IllegalArgumentException if there is no scenario of a name
   */
  public AdmissionReport(List<String> scenarios, long[] seeds) {
    this.seeds = seeds.clone();
    List<Scenario> chosen = scenarios.isEmpty() ? List.of(Scenario.values()) : scenarios.stream().map(AdmissionReport::named).toList();
    for (Scenario scenario : chosen) {
      List<Tally> runs = LongStream.of(seeds).parallel().mapToObj(seed -> new Simulation(scenario, seed).run()).toList();
      Tally sum = new Tally();
      runs.forEach(sum::add);
      all.put(scenario, sum);
      first.put(scenario, runs.get(0));
    }
  }

  /** Whether nobody was admitted beyond the capacity, nobody out of order, and nobody lost what it held. */
  public boolean isFair() {
    return all.values().stream().allMatch(run -> run.overshoot <= 0 && run.connectedOvershoot <= 0 && run.beyondWithCutOff <= 0 && run.inversions == 0 && run.beyondCredit == 0);
  }

  /** Prints a table of the rules and one of the estimates. */
  public void print(PrintWriter out) {
    out.printf("%d slots, %d seeds from %d%n%n", Simulation.CAPACITY, seeds.length, seeds[0]);
    out.println("| scenario | admitted | overshoot | with those cut off | inversions | beyond credit | largest bypass | promised | connected | could not come back |");
    out.println("|---|---|---|---|---|---|---|---|---|---|");
    all.forEach((scenario, run) -> out.printf(Locale.ROOT, "| %s | %,d | %d | %d | %d | %d | %d | %.2f %% | %.1f %% | %s |%n", scenario.label(), run.admitted,
        Math.max(0, Math.max(run.overshoot, run.connectedOvershoot)), Math.max(0, run.beyondWithCutOff), run.inversions, run.beyondCredit, run.largestBypass, run.promisedPercent(),
        run.connectedPercent(), lost(run)));
    out.println();
    out.println("| scenario | estimates | median error | within p90 | not known yet | error of n / mu | error of a stale counter |");
    out.println("|---|---|---|---|---|---|---|");
    all.forEach((scenario, run) -> out.printf(Locale.ROOT, "| %s | %,d | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% |%n", scenario.label(), run.estimates(),
        run.errorPercent(Observer.Told::etaMs), run.coveragePercent(), run.unknownPercent(), run.errorPercent(Observer.Told::naiveMs),
        run.errorPercent(Observer.Told::staleMs)));
    out.flush();
  }

  /** Writes the plots of the first seed. */
  public void plot(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<Scenario, Tally> run : first.entrySet()) {
      String name = run.getKey().label();
      Files.writeString(directory.resolve("admission-" + name + ".svg"), Plot.run(name, run.getValue()));
    }
  }

  private static String lost(Tally run) {
    return run.lost.isEmpty() ? "0" : run.lost.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey()).collect(Collectors.joining(", "));
  }

  private static Scenario named(String name) {
    return Arrays.stream(Scenario.values()).filter(scenario -> scenario.label().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no scenario '" + name + "'"));
  }
}
