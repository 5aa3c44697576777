package io.vestibule.bench;

import io.vestibule.bench.CompareCommand.Scenario;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Scenarios as they are written on the command line: in small letters, with dashes. */
final class ScenarioConverter implements ITypeConverter<Scenario> {
  @Override
  public Scenario convert(String text) {
    for (Scenario scenario : Scenario.values()) {
      if (scenario.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
        return scenario;
      }
    }
    throw new TypeConversionException("'" + text + "' is none of fanout-1000x100, fanout-100x1500, idle-memory, all");
  }
}
