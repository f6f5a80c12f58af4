// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import java.util.Locale;
import java.util.Optional;

/// What a request wants, as RBAC names it.
enum Verb {
  GET,
  LIST,
  WATCH,
  CREATE,
  UPDATE,
  PATCH,
  DELETE,
  DELETECOLLECTION;

  /// The verb of an HTTP method on a target; empty when there is none.
  static Optional<Verb> of(ApiRequest request, Target target) {
    boolean collection = target.name().isEmpty();
    return switch (request.method()) {
      case "GET", "HEAD" ->
          Optional.of(
              request.isTrue("watch") && target.subresource().isEmpty()
                  ? WATCH
                  : collection ? LIST : GET);
      case "POST" -> collection ? Optional.of(CREATE) : Optional.empty();
      case "PUT" -> collection ? Optional.empty() : Optional.of(UPDATE);
      case "PATCH" -> collection ? Optional.empty() : Optional.of(PATCH);
      case "DELETE" ->
          target.subresource().isEmpty()
              ? Optional.of(collection ? DELETECOLLECTION : DELETE)
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  Faults.Intent intent() {
    return switch (this) {
      case GET, LIST, WATCH -> Faults.Intent.READ;
      case CREATE, UPDATE, PATCH, DELETE, DELETECOLLECTION -> Faults.Intent.WRITE;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
