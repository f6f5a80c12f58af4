// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.SourcePlace;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// One YAML node with the place where it starts. At most [YamlDocuments#DEPTH_LIMIT] levels deep
/// and without shared nodes, so that walking it always ends.
public sealed interface YamlTree {

  /// Where the node starts.
  SourcePlace place();

  /// What a scalar is under YAML's JSON schema: `yes`, `on`, `010` and `~` are text.
  enum ScalarKind {
    TEXT("text"),
    WHOLE_NUMBER("a whole number"),
    DECIMAL_NUMBER("a decimal number"),
    TRUTH_VALUE("true or false"),
    NULL("null");

    private final String label;

    ScalarKind(String label) {
      this.label = label;
    }

    /// In words, for messages.
    @Override
    public String toString() {
      return label;
    }
  }

  /// How a scalar was written.
  enum Notation {
    /// Without quotes.
    PLAIN,
    /// In quotes or as a block.
    QUOTED
  }

  /// A leaf.
  ///
  /// @param text the value as written, without quotes and with escapes resolved
  record Scalar(SourcePlace place, ScalarKind kind, Notation notation, String text)
      implements YamlTree {}

  /// A list.
  record Sequence(SourcePlace place, List<YamlTree> items) implements YamlTree {

    public Sequence {
      items = List.copyOf(items);
    }
  }

  /// One key of a mapping.
  ///
  /// @param keyPlace where the key starts
  record Entry(String key, SourcePlace keyPlace, YamlTree value) {}

  /// Keys and values.
  ///
  /// @param entries key → its entry (1:1), in the order of the text
  record Mapping(SourcePlace place, SequencedMap<String, Entry> entries) implements YamlTree {

    public Mapping {
      entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
    }

    /// The entry of that key, whatever its value.
    public Optional<Entry> entry(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    /// The value of that key; null counts as absent.
    public Optional<YamlTree> get(String key) {
      return entry(key)
          .map(Entry::value)
          .filter(value -> !(value instanceof Scalar scalar && scalar.kind() == ScalarKind.NULL));
    }

    /// The text of a scalar of that key, of any kind but null; empty when absent or no scalar.
    public Optional<String> text(String key) {
      return get(key).flatMap(value -> value instanceof Scalar s ? Optional.of(s.text()) : none());
    }

    /// The items of a list of that key; empty when absent or no list.
    public List<YamlTree> items(String key) {
      return get(key)
          .flatMap(value -> value instanceof Sequence s ? Optional.of(s.items()) : none())
          .orElse(List.of());
    }

    /// The mapping of that key; empty when absent or no mapping.
    public Optional<Mapping> mapping(String key) {
      return get(key).flatMap(value -> value instanceof Mapping m ? Optional.of(m) : none());
    }

    private static <T> Optional<T> none() {
      return Optional.empty();
    }
  }
}
