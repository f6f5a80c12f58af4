// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Names as Kubernetes allows them.
final class Names {

  /// RFC 1123 subdomain, up to 253 characters.
  private static final Pattern OBJECT_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  /// RFC 1123 label.
  private static final Pattern LABEL_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private static final Pattern LABEL_KEY =
      Pattern.compile("([a-z0-9][-a-z0-9.]{0,252}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

  /// Linux: IFNAMSIZ less the closing zero, in octets.
  private static final int INTERFACE_NAME_LIMIT = 15;

  private Names() {}

  /// The name of an object.
  static Optional<String> objectName(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                text.length() <= 253 && OBJECT_NAME.matcher(text).matches()
                    ? Optional.of(text)
                    : value.wrong(
                        "is not a name; lower-case letters, digits, '-' and '.' are allowed,"
                            + " letters or digits at both ends"));
  }

  static Optional<PoolName> poolName(Value value) {
    return referenced(value).map(PoolName::new);
  }

  static Optional<PeerName> peerName(Value value) {
    return referenced(value).map(PeerName::new);
  }

  static Optional<BfdProfileName> bfdProfileName(Value value) {
    return referenced(value).map(BfdProfileName::new);
  }

  /// The name of a network interface.
  static Optional<String> interfaceName(Value value) {
    return value
        .filledText()
        .flatMap(
            name ->
                isInterfaceName(name)
                    ? Optional.of(name)
                    : value.wrong(
                        "is not the name of a network interface; it has 1 to 15 octets, and neither"
                            + " '/' nor ':' nor spaces"));
  }

  /// As the kernel judges it (dev_valid_name).
  private static boolean isInterfaceName(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length <= INTERFACE_NAME_LIMIT
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> c == '/' || c == ':' || Character.isWhitespace(c));
  }

  /// A name of another document, which the checks across documents look for.
  private static Optional<String> referenced(Value value) {
    Optional<String> name = objectName(value);
    name.ifPresent(value::remember);
    return name;
  }

  /// `namespace/name`.
  static Optional<ServiceRef> service(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                ServiceRef.parse(text)
                    .filter(service -> LABEL_NAME.matcher(service.namespace()).matches())
                    .filter(service -> LABEL_NAME.matcher(service.name()).matches())
                    .or(() -> value.wrong("is not a Service; write namespace/name")));
  }

  /// A label key.
  static Optional<String> labelKey(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                LABEL_KEY.matcher(text).matches()
                    ? Optional.of(text)
                    : value.wrong("is not a label key"));
  }

  /// A label value.
  static Optional<String> labelValue(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                LABEL_VALUE.matcher(text).matches()
                    ? Optional.of(text)
                    : value.wrong("is not a label value"));
  }

  /// label key → value.
  static Optional<SortedMap<String, String>> labels(Value value) {
    if (!(value.tree() instanceof YamlTree.Mapping mapping)) {
      return value.fields().map(_ -> new TreeMap<>());
    }
    SortedMap<String, String> labels = new TreeMap<>();
    for (YamlTree.Entry entry : mapping.entries().values()) {
      if (!LABEL_KEY.matcher(entry.key()).matches()) {
        value
            .context()
            .problems()
            .add(
                entry.keyPlace(),
                ProblemCode.WRONG_VALUE,
                "%s of %s: %s is not a label key"
                    .formatted(
                        value.field(), value.context().document(), Shown.quoted(entry.key())));
      }
      labelValue(new Value(value.field() + "." + entry.key(), entry.value(), value.context()))
          .ifPresent(text -> labels.put(entry.key(), text));
    }
    return Optional.of(labels);
  }
}
