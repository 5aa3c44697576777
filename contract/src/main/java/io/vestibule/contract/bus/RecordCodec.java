package io.vestibule.contract.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The codec of one bus message, or of one sealed family of them. Messages are immutable, so a local delivery hands over
 * the same object ({@link #transform}) and never encodes; over the wire it is a length and the fields in order.
 *
 * @param <T> the record
 */
public final class RecordCodec<T> implements MessageCodec<T, T> {
  private static final byte USER_CODEC = -1;

  private final String name;
  private final BiConsumer<WireWriter, T> encoder;
  private final Function<WireReader, T> decoder;

  private RecordCodec(String name, BiConsumer<WireWriter, T> encoder, Function<WireReader, T> decoder) {
    this.name = name;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /**
   * A codec.
   *
   * @param name dotted and versioned, {@code vestibule.fan.v1}; a changed layout is a new name, so that nodes of two versions
   *     refuse each other's messages instead of misreading them
   */
  public static <T> RecordCodec<T> of(String name, BiConsumer<WireWriter, T> encoder, Function<WireReader, T> decoder) {
    return new RecordCodec<>(name, encoder, decoder);
  }

  @Override
  public void encodeToWire(Buffer buffer, T message) {
    encoder.accept(new WireWriter(buffer), message);
  }

  @Override
  public T decodeFromWire(int pos, Buffer buffer) {
    return decoder.apply(new WireReader(pos, buffer));
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte systemCodecID() {
    return USER_CODEC;
  }
}
