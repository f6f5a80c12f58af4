// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A JSON Schema (draft-07) of one kind in one apiVersion, for editors and checks outside of us.
///
/// @param kind as documents write it
/// @param apiVersion as documents write it
public record JsonSchema(String kind, String apiVersion) {

  /// The file that describes every kind in every apiVersion, and picks by what the document says.
  public static final String BUNDLE = "gitlb.json";

  /// In the jar; the build takes them there from the folder `schema/json`.
  private static final String FOLDER = "/io/gitlb/schema/json/";

  /// Every one that there is, sorted by kind; of one kind our own apiVersion comes first.
  public static List<JsonSchema> all() {
    List<ApiVersion> newestFirst = Arrays.asList(ApiVersion.values()).reversed();
    return Arrays.stream(Kind.values())
        .sorted((a, b) -> a.toString().compareTo(b.toString()))
        .flatMap(
            kind ->
                newestFirst.stream()
                    .filter(kind::isIn)
                    .map(version -> new JsonSchema(kind.toString(), version.toString())))
        .toList();
  }

  /// The path of its file: group, kind and version as collections of schemas of Kubernetes' custom
  /// resources have them, such as `metallb.io/bgppeer_v1beta2.json`.
  public String file() {
    int slash = apiVersion.indexOf('/');
    return apiVersion.substring(0, slash + 1)
        + kind.toLowerCase(Locale.ROOT)
        + "_"
        + apiVersion.substring(slash + 1)
        + ".json";
  }

  /// The schema itself.
  public String text() {
    return text(file());
  }

  /// The text of [#BUNDLE].
  public static String bundle() {
    return text(BUNDLE);
  }

  private static String text(String file) {
    try (InputStream stream =
        Objects.requireNonNull(JsonSchema.class.getResourceAsStream(FOLDER + file), file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
