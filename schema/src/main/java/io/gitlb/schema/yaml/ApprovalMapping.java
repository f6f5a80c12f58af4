// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.Approval;
import io.gitlb.schema.model.Approval.Change;
import io.gitlb.schema.model.Approval.Grant;
import io.gitlb.schema.model.Approval.Replacement;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Approval: of a change, or of a head that replaces the accepted commit.
final class ApprovalMapping {

  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /// RFC 3339 section 5.6.
  private static final Pattern INSTANT =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
              + "(Z|[+-][0-9]{2}:[0-9]{2})");

  private ApprovalMapping() {}

  static Optional<Approval> read(Document document) {
    Fields spec = document.spec();
    Supplier<Grant> grant = spec.has("replaces") ? replacement(document) : change(document);
    Optional<Instant> expires = spec.required("expires", ApprovalMapping::instant);
    Optional<String> reason = Reasons.read(spec, "why the change is right");
    return document.define(
        () ->
            new Approval(
                document.name(),
                document.context().definition(),
                grant.get(),
                expires.orElseThrow(),
                reason.orElseThrow()));
  }

  private static Supplier<Grant> replacement(Document document) {
    Fields spec = document.spec();
    Optional<String> commit = spec.required("replaces", ApprovalMapping::commit);
    for (String field : List.of("addresses", "pools", "digest")) {
      if (spec.has(field)) {
        document.refuse(field, "stands beside spec.replaces; write two Approvals");
      }
    }
    spec.ignore(List.of("addresses", "pools", "digest"));
    return () -> new Replacement(commit.orElseThrow());
  }

  private static Supplier<Grant> change(Document document) {
    Fields spec = document.spec();
    List<IpRange> addresses = spec.list("addresses", Addresses::addressOrRange);
    List<PoolName> pools = spec.list("pools", Names::poolName);
    if (isBlank(spec, "addresses", addresses) && isBlank(spec, "pools", pools)) {
      document.refuse("addresses", "and spec.pools name nothing; copy what gitlb plan printed");
    }
    Optional<String> digest = spec.required("digest", ApprovalMapping::digest);
    spec.optional("replaces", ApprovalMapping::commit);
    return () -> new Change(addresses, new TreeSet<>(pools), digest.orElseThrow());
  }

  /// Whether the field has nothing, rather than something that could not be read.
  private static boolean isBlank(Fields spec, String field, List<?> read) {
    return read.isEmpty() && spec.isEmptyList(field);
  }

  private static Optional<String> digest(Value value) {
    return matching(value, DIGEST, "is not a digest; copy what gitlb plan printed");
  }

  private static Optional<String> commit(Value value) {
    return matching(value, COMMIT, "is not a commit; write its 40 hexadecimal digits");
  }

  private static Optional<String> matching(Value value, Pattern pattern, String why) {
    return value
        .text()
        .flatMap(text -> pattern.matcher(text).matches() ? Optional.of(text) : value.wrong(why));
  }

  private static Optional<Instant> instant(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                parse(text)
                    .or(() -> value.wrong("is not a time; write it like 2030-01-31T18:00:00Z")));
  }

  private static Optional<Instant> parse(String text) {
    try {
      return INSTANT.matcher(text).matches() ? Optional.of(Instant.parse(text)) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
