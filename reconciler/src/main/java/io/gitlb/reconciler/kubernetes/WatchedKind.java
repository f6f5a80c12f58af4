// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.gitlb.reconciler.loop.Failure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// All objects of one kind, watched for ever: an informer and what its objects mean to us.
final class WatchedKind<T extends HasMetadata, V> implements AutoCloseable {

  /// Objects per list request, so that a large cluster does not arrive as one answer.
  private static final long PAGE = 500;

  private final SharedIndexInformer<T> informer;
  private final TranslatedStore<T, V> store;
  private volatile boolean refused;
  private volatile Optional<Failure> failure = Optional.empty();

  /// @param name for people, as in `Services`
  /// @param translator empty for objects that are none of our business
  /// @param onChange called from the informer's thread when a translation has changed
  WatchedKind(
      String name,
      Informable<T> kind,
      Function<T, Optional<V>> translator,
      Runnable onChange,
      WatchFailures failures) {
    informer = kind.withLimit(PAGE).runnableInformer(0).itemStore(new LeanStore<>());
    store =
        new TranslatedStore<>(
            informer.getStore(),
            translator,
            () -> {
              failures.recovered(name);
              onChange.run();
            });
    informer.addEventHandler(store);
    informer.exceptionHandler(
        (_, cause) -> {
          if (KubernetesFailure.isRefusal(cause)) {
            refused = true;
          }
          Failure failed = failures.read(name, cause);
          // Before anybody is told: who is asks for it.
          failure = Optional.of(failed);
          failures.failed(name, failed);
          if (!store.isListed()) {
            // Perhaps it is not waited for any more.
            onChange.run();
          }
          return true;
        });
  }

  /// Never waits; what keeps it from listing is told to the listener.
  void start() {
    var _ = informer.start();
  }

  /// Whether the first list is there.
  boolean isListed() {
    return store.isListed();
  }

  /// Whether the server has ever refused to list or to watch, for want of the right or of such
  /// objects. That it was away for a moment is no refusal.
  boolean wasRefused() {
    return refused;
  }

  /// Why the first list is not there; empty while nothing speaks against it.
  Optional<Failure> failure() {
    return isListed() ? Optional.empty() : failure;
  }

  /// See [TranslatedStore#changes].
  List<Change<V>> changes() {
    return store.changes();
  }

  /// See [TranslatedStore#deletions].
  Set<String> deletions() {
    return store.deletions();
  }

  /// The API object as it is in the cache.
  Optional<T> cached(String key) {
    return Optional.ofNullable(informer.getStore().getByKey(key));
  }

  @Override
  public void close() {
    informer.close();
  }
}
