// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import io.gitlb.schema.check.Nearest;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The policy's own file, which names the files of keys:
///
///     apiVersion: gitlb.io/v1
///     kind: TrustPolicy
///     allowedSigners: [allowed_signers]   # OpenSSH's format
///     gpgKeys: [web-flow.asc]             # armored public keys
///     revokedKeys: [revoked]              # fingerprints or SSH public keys, one a line
///     since: 0123456789abcdef0123456789abcdef01234567
///     rules:
///       - paths: ["**/peers/**"]
///         signers: ["net@example.org"]
///       - paths: ["**"]
///         signers: ["*@example.org"]
///     sealers: ["lead@example.org"]
///
/// Relative names are relative to this file. It is mounted, never read from Git: who may push must
/// not be able to change it.
///
/// @param allowedSigners names of files, with where they stand
/// @param gpgKeys likewise
/// @param revokedKeys likewise
/// @param rules at least one, with its place
/// @param sealers with their places
/// @param since a commit, 40 hexadecimal digits
public record PolicyDocument(
    List<Named> allowedSigners,
    List<Named> gpgKeys,
    List<Named> revokedKeys,
    List<Rule> rules,
    List<Named> sealers,
    Optional<String> since) {

  private static final List<String> FIELDS =
      List.of(
          "apiVersion",
          "kind",
          "allowedSigners",
          "gpgKeys",
          "revokedKeys",
          "since",
          "rules",
          "sealers");

  private static final List<String> RULE_FIELDS = List.of("paths", "signers");

  /// A text of the file.
  public record Named(SourcePlace place, String text) {}

  /// A rule of the file.
  public record Rule(List<Named> paths, List<Named> signers) {

    PathRule toRule() {
      return new PathRule(texts(paths), texts(signers));
    }

    private static List<String> texts(List<Named> names) {
      return names.stream().map(Named::text).toList();
    }
  }

  /// What reading gave.
  ///
  /// @param document empty when there are faults
  public record Reading(Optional<PolicyDocument> document, List<Fault> faults) {}

  /// Reads the file.
  public static Reading read(ConfigFile file) {
    return new Reader(file.path()).read(YamlDocuments.read(file));
  }

  /// Puts it together with what the files of keys hold.
  ///
  /// @param faults is told what does not fit
  public TrustPolicy with(List<Signer> signers, SortedSet<KeyId> revoked, List<Fault> faults) {
    for (Rule rule : rules) {
      rule.signers().forEach(named -> check(named, signers, faults));
    }
    sealers.forEach(named -> check(named, signers, faults));
    return new TrustPolicy(
        signers, revoked, rules.stream().map(Rule::toRule).toList(), Rule.texts(sealers), since);
  }

  private static void check(Named named, List<Signer> signers, List<Fault> faults) {
    if (signers.stream().noneMatch(signer -> signer.isCalled(named.text()))) {
      List<String> names =
          signers.stream().flatMap(signer -> signer.names().stream()).distinct().toList();
      faults.add(
          new Fault(
              named.place(),
              "no key is called '%s'%s; the keys are called %s"
                  .formatted(
                      named.text(),
                      Nearest.question(named.text(), names),
                      names.isEmpty() ? "nothing" : String.join(", ", names))));
    }
  }

  /// Collects faults while reading.
  private static final class Reader {

    private final String name;
    private final List<Fault> faults = new ArrayList<>();

    Reader(String name) {
      this.name = name;
    }

    Reading read(YamlDocuments documents) {
      documents
          .problems()
          .forEach(
              problem ->
                  faults.add(
                      new Fault(problem.place(), problem.code().code() + " " + problem.message())));
      if (!faults.isEmpty()) {
        return new Reading(Optional.empty(), List.copyOf(faults));
      }
      if (documents.documents().size() != 1
          || !(documents.documents().getFirst() instanceof YamlTree.Mapping mapping)) {
        fault(SourcePlace.of(name), "a trust policy is one YAML mapping");
        return new Reading(Optional.empty(), List.copyOf(faults));
      }
      PolicyDocument document = document(mapping);
      return new Reading(
          faults.isEmpty() ? Optional.of(document) : Optional.empty(), List.copyOf(faults));
    }

    private PolicyDocument document(YamlTree.Mapping mapping) {
      fields(mapping, FIELDS);
      require(mapping, "apiVersion", "gitlb.io/v1");
      require(mapping, "kind", "TrustPolicy");
      PolicyDocument document =
          new PolicyDocument(
              texts(mapping, "allowedSigners"),
              texts(mapping, "gpgKeys"),
              texts(mapping, "revokedKeys"),
              rules(mapping),
              texts(mapping, "sealers"),
              since(mapping));
      if (document.allowedSigners.isEmpty() && document.gpgKeys.isEmpty()) {
        fault(mapping.place(), "it names no keys; give allowedSigners, gpgKeys, or both");
      }
      return document;
    }

    private List<Rule> rules(YamlTree.Mapping mapping) {
      List<Rule> rules = new ArrayList<>();
      for (YamlTree item : mapping.items("rules")) {
        if (item instanceof YamlTree.Mapping rule) {
          fields(rule, RULE_FIELDS);
          rules.add(new Rule(some(rule, "paths"), some(rule, "signers")));
        } else {
          fault(item.place(), "a rule is a mapping with paths and signers");
        }
      }
      if (rules.isEmpty()) {
        fault(mapping.place(), "'rules' must be a list of at least one rule");
      }
      return rules;
    }

    private Optional<String> since(YamlTree.Mapping mapping) {
      Optional<YamlTree> since = mapping.get("since");
      Optional<String> commit = mapping.text("since").filter(id -> id.matches("[0-9a-f]{40}"));
      if (since.isPresent() && commit.isEmpty()) {
        fault(since.get().place(), "'since' must be a commit, 40 hexadecimal digits");
      }
      return commit;
    }

    private List<Named> some(YamlTree.Mapping mapping, String field) {
      List<Named> texts = texts(mapping, field);
      if (texts.isEmpty()) {
        fault(mapping.place(), "'%s' must be a list of at least one text".formatted(field));
      }
      return texts;
    }

    private List<Named> texts(YamlTree.Mapping mapping, String field) {
      List<Named> texts = new ArrayList<>();
      Optional<YamlTree> value = mapping.get(field);
      if (value.isPresent() && !(value.get() instanceof YamlTree.Sequence)) {
        fault(value.get().place(), "'%s' must be a list".formatted(field));
      }
      for (YamlTree item : mapping.items(field)) {
        if (item instanceof YamlTree.Scalar scalar && !scalar.text().isBlank()) {
          texts.add(new Named(scalar.place(), scalar.text()));
        } else {
          fault(item.place(), "'%s' is a list of texts".formatted(field));
        }
      }
      return texts;
    }

    private void require(YamlTree.Mapping mapping, String field, String text) {
      if (!mapping.text(field).equals(Optional.of(text))) {
        fault(
            mapping.get(field).map(YamlTree::place).orElse(mapping.place()),
            "'%s' must be %s".formatted(field, text));
      }
    }

    private void fields(YamlTree.Mapping mapping, List<String> allowed) {
      for (YamlTree.Entry entry : mapping.entries().values()) {
        if (!allowed.contains(entry.key())) {
          fault(
              entry.keyPlace(),
              "unknown field '%s'%s; allowed are %s"
                  .formatted(
                      entry.key(),
                      Nearest.question(entry.key(), allowed),
                      String.join(", ", allowed)));
        }
      }
    }

    private void fault(SourcePlace place, String message) {
      faults.add(new Fault(place, message));
    }
  }
}
