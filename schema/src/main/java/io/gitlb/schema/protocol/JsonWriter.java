// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes canonical JSON: no white space, members in the order of the calls, what is empty left
/// out.
final class JsonWriter {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private final JsonGenerator generator =
      FACTORY.createGenerator(ObjectWriteContext.empty(), octets);

  /// something written → its number, counted from 0 (1:1)
  private final Map<Object, Integer> numbers = new HashMap<>();

  /// One document: an object whose members the callee writes.
  static byte[] document(Consumer<JsonWriter> members) {
    JsonWriter writer = new JsonWriter();
    writer.object(() -> members.accept(writer));
    writer.generator.close();
    return writer.octets.toByteArray();
  }

  void object(Runnable members) {
    generator.writeStartObject();
    members.run();
    generator.writeEndObject();
  }

  void object(String name, Runnable members) {
    generator.writeName(name);
    object(members);
  }

  void text(String name, String value) {
    generator.writeStringProperty(name, value);
  }

  /// Values whose `toString` is their text form.
  void optional(String name, Optional<?> value) {
    value.ifPresent(present -> text(name, present.toString()));
  }

  void number(String name, long value) {
    generator.writeNumberProperty(name, value);
  }

  /// Left out when empty.
  <T> void list(String name, Collection<T> elements, Consumer<T> write) {
    if (!elements.isEmpty()) {
      generator.writeName(name);
      generator.writeStartArray();
      elements.forEach(write);
      generator.writeEndArray();
    }
  }

  /// Values whose `toString` is their text form; left out when empty.
  void texts(String name, Collection<?> elements) {
    list(name, elements, element -> generator.writeString(element.toString()));
  }

  void generation(String name, Generation generation) {
    object(
        name,
        () -> {
          number("epoch", generation.epoch());
          number("number", generation.number());
        });
  }

  /// RFC 5952.
  void address(String name, IpAddress address) {
    text(name, address.toString());
  }

  /// How many things have a number in this document.
  int numbered() {
    return numbers.size();
  }

  /// The number of something; a new one has [#numbered].
  ///
  /// @param value immutable
  int number(Object value) {
    return numbers.computeIfAbsent(value, _ -> numbers.size());
  }
}
