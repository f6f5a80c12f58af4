// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import java.util.function.Function;

/// What a request comes to: a value, or a refusal that goes to the client as a `Status` object.
///
/// @param <T> what is answered when it is granted
public sealed interface Answer<T> {

  /// The request is granted.
  record Given<T>(T value) implements Answer<T> {}

  /// The request is refused.
  record Refused<T>(Refusal refusal) implements Answer<T> {}

  static <T> Answer<T> of(T value) {
    return new Given<>(value);
  }

  static <T> Answer<T> refused(Refusal refusal) {
    return new Refused<>(refusal);
  }

  /// The next step, taken only when this one was granted.
  default <R> Answer<R> then(Function<? super T, Answer<R>> next) {
    return switch (this) {
      case Given<T>(T value) -> next.apply(value);
      case Refused<T>(Refusal refusal) -> new Refused<>(refusal);
    };
  }

  /// Another view of the granted value.
  default <R> Answer<R> map(Function<? super T, ? extends R> view) {
    return then(value -> of(view.apply(value)));
  }
}
