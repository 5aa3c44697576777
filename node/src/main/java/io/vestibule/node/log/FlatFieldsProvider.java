package io.vestibule.node.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import net.logstash.logback.composite.AbstractJsonProvider;
import org.slf4j.event.KeyValuePair;

/** The fields of a JSON line, all at the top: {@code timestamp}, {@code level}, {@code event}, and the event's own keys. */
final class FlatFieldsProvider extends AbstractJsonProvider<ILoggingEvent> {
  @Override
  public void writeTo(JsonGenerator json, ILoggingEvent event) throws IOException {
    json.writeStringField("timestamp", event.getInstant().toString());
    json.writeStringField("level", event.getLevel().toString());
    if (!LogLine.isEvent(event)) {
      json.writeStringField("event", TextLayout.LIBRARY_LOG);
      json.writeStringField("logger", event.getLoggerName());
      json.writeStringField("message", event.getFormattedMessage());
      return;
    }
    json.writeStringField("event", event.getMessage());
    for (KeyValuePair pair : event.getKeyValuePairs()) {
      write(json, pair);
    }
  }

  /** Numbers and booleans as they are, everything else as text: a field never changes its type with the value's class. */
  private static void write(JsonGenerator json, KeyValuePair pair) throws IOException {
    if (pair.value instanceof Integer || pair.value instanceof Long) {
      json.writeNumberField(pair.key, ((Number) pair.value).longValue());
    } else if (pair.value instanceof Boolean truth) {
      json.writeBooleanField(pair.key, truth);
    } else if (pair.value == null) {
      json.writeNullField(pair.key);
    } else {
      json.writeStringField(pair.key, pair.value.toString());
    }
  }
}
