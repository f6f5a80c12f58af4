// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Password;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON as a stream, token by token, and knows the place of every complaint.
///
/// Each method reads the value that the parser stands on and leaves it on that value's last token.
final class JsonReader implements AutoCloseable {

  /// The deepest document of the protocol nests 7 levels; the rest is room for what comes.
  private static final int MAX_NESTING_LEVELS = 16;

  /// The longest text is the ledger's record of one allocation, about 1 KiB.
  private static final int MAX_TEXT_CHARS = 64 * 1024;

  /// Texts are quoted in messages up to here.
  private static final int MAX_QUOTED_CHARS = 60;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(ProtocolCodec.MAX_DOCUMENT_BYTES)
                  .maxNestingDepth(MAX_NESTING_LEVELS)
                  .maxStringLength(MAX_TEXT_CHARS)
                  .maxNameLength(256)
                  .maxNumberLength(32)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final JsonParser parser;

  /// what was read → what was made of it (1:1)
  private final Map<Object, Object> made = new HashMap<>();

  /// @param json UTF-8; the first octet is `{`, so that no other encoding is guessed
  JsonReader(byte[] json) {
    parser = FACTORY.createParser(ObjectReadContext.empty(), json);
    parser.nextToken();
  }

  /// Called for each member of an object, with the parser on its value.
  interface Members {
    void read(String name);
  }

  void object(Members members) {
    expect(JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.read(name);
    }
  }

  <T> List<T> list(Supplier<T> element) {
    expect(JsonToken.START_ARRAY, "a list");
    List<T> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(element.get());
    }
    return elements;
  }

  String text() {
    expect(JsonToken.VALUE_STRING, "a text");
    String text = parser.getString();
    if (hasUnpairedSurrogate(text)) {
      throw malformed("the text is not Unicode: half of a surrogate pair stands alone");
    }
    return text;
  }

  /// Both bounds inclusive.
  long number(long lowest, long highest) {
    expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
    long number = parser.getLongValue();
    if (number < lowest || number > highest) {
      throw malformed(number + " is not between " + lowest + " and " + highest);
    }
    return number;
  }

  int port() {
    return (int) number(1, 65_535);
  }

  Duration duration() {
    return parsed(
        text -> Optional.of(Duration.parse(text)), "a duration in ISO 8601, such as PT30S");
  }

  Instant instant() {
    return parsed(
        text -> Optional.of(Instant.parse(text)),
        "an instant in ISO 8601, such as 2026-01-31T12:00:00Z");
  }

  <E extends Enum<E>> E constant(Class<E> type) {
    return parsed(
        text ->
            List.of(type.getEnumConstants()).stream().filter(c -> c.name().equals(text)).findAny(),
        "one of " + List.of(type.getEnumConstants()));
  }

  /// A text in a form of its own.
  ///
  /// @param form names the form, with its article
  <T> T parsed(Function<String, Optional<T>> parse, String form) {
    String text = text();
    try {
      Optional<T> value = parse.apply(text);
      if (value.isPresent()) {
        return value.get();
      }
    } catch (DateTimeException | IllegalArgumentException _) {
      // The same answer as for an empty result.
    }
    throw malformed(quoted(text) + " is not " + form);
  }

  /// What is made of something read, once for all that is equal in this document.
  ///
  /// @param key of a type of which nothing else is made; it does not change
  /// @param make gives something immutable
  <K, T> T once(K key, Function<? super K, ? extends T> make) {
    Object known = made.get(key);
    if (known == null) {
      known = make.apply(key);
      made.put(key, known);
    }
    @SuppressWarnings("unchecked") // Of one type of keys come values of one type.
    T value = (T) known;
    return value;
  }

  /// A password in Base64. What is wrong with it is told without it.
  Password password() {
    String text = text();
    try {
      return Password.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException _) {
      throw malformed("this is not 1 to " + Password.MAX_OCTETS + " octets in Base64");
    }
  }

  /// Skips a member that this version does not know.
  void skip() {
    parser.skipChildren();
  }

  /// Nothing may follow the document.
  void end() {
    if (parser.nextToken() != null) {
      throw malformed("something follows after the end of the document");
    }
  }

  /// A member that is set at most once.
  <T> Slot<T> slot(String name) {
    return new Slot<>(this, name);
  }

  /// The first octet of the current value, counted from 0.
  int valueStartsAt() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  /// The octet after the value that was just read.
  int valueEndsAt() {
    return (int) parser.currentLocation().getByteOffset();
  }

  /// A complaint about the current place.
  MalformedJson malformed(String message) {
    return new MalformedJson(place() + ": " + message);
  }

  /// The current place: JSON pointer and octet.
  String place() {
    String pointer = printable(parser.streamReadContext().pathAsPointer().toString(), 200);
    TokenStreamLocation location = parser.currentTokenLocation();
    return (pointer.isEmpty() ? "/" : pointer) + " (octet " + location.getByteOffset() + ")";
  }

  @Override
  public void close() {
    parser.close();
  }

  private void expect(JsonToken token, String form) {
    @Nullable JsonToken found = parser.currentToken();
    if (found != token) {
      throw malformed("here stands " + describe(found) + ", it must be " + form);
    }
  }

  private static String describe(@Nullable JsonToken token) {
    return switch (token) {
      case null -> "nothing";
      case START_OBJECT, END_OBJECT, PROPERTY_NAME -> "an object";
      case START_ARRAY, END_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> "something else";
    };
  }

  /// For messages: short, printable.
  static String quoted(String text) {
    return '"' + printable(text, MAX_QUOTED_CHARS) + '"';
  }

  private static String printable(String text, int maxChars) {
    String start = text.length() > maxChars ? text.substring(0, maxChars) + "…" : text;
    return start.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "\uFFFD");
  }

  private static boolean hasUnpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        if (!Character.isHighSurrogate(unit)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  /// The value of one member while its object is being read.
  static final class Slot<T> {
    private final JsonReader reader;
    private final String name;
    private @Nullable T value;

    private Slot(JsonReader reader, String name) {
      this.reader = reader;
      this.name = name;
    }

    void set(T newValue) {
      value = newValue;
    }

    T required() {
      if (value == null) {
        throw reader.malformed("\"" + name + "\" is missing");
      }
      return value;
    }

    Optional<T> optional() {
      return Optional.ofNullable(value);
    }

    T orElse(T other) {
      return value == null ? other : value;
    }
  }
}
