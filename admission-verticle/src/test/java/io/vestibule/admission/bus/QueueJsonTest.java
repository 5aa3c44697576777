package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.admission.core.QueueStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueJsonTest {
  @Test
  void aQueueThatIsNotLedHasTheSameFieldsAndNoFigure() {
    JsonObject led = QueueJson.of(new QueueStatus("q", 5, 1, 0, 0, 1, 0, 2, Map.of("g", 1), -1, 0, -1, -1, false, Map.of("joined", 2L)), "n");
    JsonObject unled = QueueJson.unled("q");
    assertThat(unled.fieldNames()).containsExactlyElementsOf(led.fieldNames());
    assertThat(unled.getString("queue")).isEqualTo("q");
    assertThat(unled.stream().filter(field -> !field.getKey().equals("queue"))).allMatch(field -> field.getValue() == null);
  }
}
