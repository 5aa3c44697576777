package io.vestibule.bench.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One seed of each scenario; {@code bench admission} runs more. */
class SimulationTest {
  private static final long SEED = 77;

  @ParameterizedTest
  @EnumSource
  void keepsTheRules(Scenario scenario) {
    Tally run = new Simulation(scenario, SEED).run();
    assertThat(run.admitted).isGreaterThan(1_500);
    assertThat(run.overshoot).isLessThanOrEqualTo(0);
    assertThat(run.connectedOvershoot).isLessThanOrEqualTo(0);
    assertThat(run.beyondWithCutOff).isLessThanOrEqualTo(0);
    assertThat(run.inversions).isZero();
    assertThat(run.beyondCredit).isZero();
    assertThat(run.lost).isEmpty();
    assertThat(run.promisedPercent()).isGreaterThan(99);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLASH", "SINE"})
  void estimatesComeTrue(Scenario scenario) {
    Tally run = new Simulation(scenario, SEED).run();
    assertThat(run.estimates()).isGreaterThan(1_000);
    assertThat(run.errorPercent(Observer.Told::etaMs)).isLessThan(15);
    assertThat(run.coveragePercent()).isBetween(85.0, 98.0);
    assertThat(run.errorPercent(Observer.Told::staleMs)).isGreaterThan(20);
  }

  @Test
  void isTheSameForTheSameSeed(@TempDir Path directory) throws IOException {
    var report = new AdmissionReport(List.of("killed"), new long[] {5});
    assertThat(printed(report)).isEqualTo(printed(new AdmissionReport(List.of("killed"), new long[] {5})));
    assertThat(report.isFair()).isTrue();
    report.plot(directory);
    assertThat(Files.readString(directory.resolve("admission-killed.svg"))).startsWith("<svg ").endsWith("</svg>\n").contains("<circle");
  }

  @Test
  void knowsItsScenarios() {
    assertThatIllegalArgumentException().isThrownBy(() -> new AdmissionReport(List.of("flush"), new long[] {5})).withMessageContaining("flush");
  }

  private static String printed(AdmissionReport report) {
    var text = new StringWriter();
    report.print(new PrintWriter(text));
    return text.toString();
  }
}
