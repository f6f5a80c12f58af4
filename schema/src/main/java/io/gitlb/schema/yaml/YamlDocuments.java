// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import java.util.List;
import java.util.Optional;

/// The documents of one text, and what is wrong with it as YAML.
///
/// @param documents those that could be read, in the order of the text; empty documents left out
/// @param problems sorted; empty when the whole text was read
public record YamlDocuments(List<YamlTree> documents, List<Problem> problems) {

  /// Most UTF-16 units of one file, 256 Ki. A plain scalar costs quadratic time: at this size the
  /// worst measured was 36 ms, at 1 Mi it was 0.7 s.
  public static final int LENGTH_LIMIT = 256 * 1024;

  /// Most levels of lists and mappings; our kinds need eight. Walking a tree may recurse this far.
  public static final int DEPTH_LIMIT = 64;

  /// Most documents of one file, empty ones included.
  public static final int DOCUMENT_LIMIT = 4096;

  public YamlDocuments {
    documents = List.copyOf(documents);
    problems = problems.stream().sorted().toList();
  }

  /// Reads the text. Never throws, whatever the text is.
  public static YamlDocuments read(ConfigFile file) {
    ProblemList problems = new ProblemList(file.path());
    List<YamlTree> documents = YamlParser.parse(file, problems);
    return new YamlDocuments(documents, problems.toList());
  }

  /// Reads a text that should be one mapping, such as a record of the ledger.
  ///
  /// @param name what to call the text in problems
  /// @return empty when the text has a problem, no document, several, or one of another type
  public static Optional<YamlTree.Mapping> readOne(String name, String text) {
    YamlDocuments read = read(new ConfigFile(name, text));
    return read.problems.isEmpty()
            && read.documents.size() == 1
            && read.documents.getFirst() instanceof YamlTree.Mapping mapping
        ? Optional.of(mapping)
        : Optional.empty();
  }
}
