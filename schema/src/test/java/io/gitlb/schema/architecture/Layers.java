// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// Who may use whom in a module, read from its compiled classes. What is wrong is told as
/// sentences; none is good.
public final class Layers {

  private static final String ROOT = "io.gitlb.";

  /// What a package may do.
  public enum Kind {
    /// No thread, clock, input, output or logging.
    PURE,
    /// Pure but for logging.
    CORE,
    /// Meets the outside, with the libraries of its row.
    ADAPTER
  }

  /// A package's place.
  ///
  /// @param ours packages of ours besides itself, below `io.gitlb`
  /// @param libraries packages and classes of others, besides the JDK and annotations
  public record Row(Kind kind, Set<String> ours, Set<String> libraries) {}

  /// What a pure package stays away from.
  private static final List<String> IMPURE =
      List.of(
          "java.io",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.lang.ScopedValue",
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.ref",
          "java.net",
          "java.nio.channels",
          "java.nio.file",
          "java.sql",
          "java.time.Clock",
          "java.time.InstantSource",
          "java.util.Timer",
          "java.util.concurrent",
          "java.util.logging");

  /// Of those, what neither waits nor reaches out.
  private static final Set<String> PURE_ALL_THE_SAME =
      Set.of("java.io.ByteArrayOutputStream", "java.io.Serializable");

  /// Calls that read the surroundings, or chance, without a type of their own.
  private static final Set<String> IMPURE_CALLS =
      Set.of(
          "java.lang.Math.random",
          "java.time.ZoneId.systemDefault",
          "java.util.TimeZone.getDefault",
          "java.util.UUID.randomUUID");

  /// All of the JDK outside `java` that an adapter may use.
  private static final List<String> EXTENSIONS = List.of("javax.crypto", "javax.net.ssl");

  private final JavaClasses classes;
  private final Map<String, Row> table;

  /// @param module the package of all others, below `io.gitlb`
  /// @param table package below `io.gitlb` → what it may use (1:1)
  public Layers(String module, Map<String, Row> table) {
    this.table = Map.copyOf(table);
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT + module);
  }

  /// How many classes were looked at.
  public int size() {
    return classes.size();
  }

  /// The package of a class of ours, below `io.gitlb`.
  public static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }

  /// Packages that the table does not have, and rows that no package has.
  public SortedSet<String> mismatches() {
    SortedSet<String> found = new TreeSet<>();
    classes.forEach(type -> found.add(packageOf(type)));
    SortedSet<String> mismatches = new TreeSet<>(found);
    mismatches.addAll(table.keySet());
    mismatches.removeIf(name -> found.contains(name) && table.containsKey(name));
    return mismatches;
  }

  /// Uses of what the table does not allow.
  public SortedSet<String> forbiddenUses() {
    return uses(_ -> true, (from, to) -> !allows(row(from), packageOf(from), to));
  }

  private static boolean allows(Row row, String from, JavaClass to) {
    String name = to.getName();
    if (name.startsWith(ROOT)) {
      return packageOf(to).equals(from) || row.ours().contains(packageOf(to));
    }
    return name.startsWith("java.")
        || name.startsWith("org.jspecify.")
        || (row.kind() == Kind.ADAPTER && isAnyOf(name, EXTENSIONS))
        || isAnyOf(name, row.libraries());
  }

  /// Uses of threads, clocks, input and output where none may be.
  public SortedSet<String> impureUses() {
    return uses(
        this::isPure,
        (_, to) -> isAnyOf(to.getName(), IMPURE) && !PURE_ALL_THE_SAME.contains(to.getName()));
  }

  /// Calls that read a clock, the surroundings or chance where none may be.
  public SortedSet<String> impureCalls() {
    SortedSet<String> found = new TreeSet<>();
    for (JavaClass type : classes) {
      if (isPure(type)) {
        for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
          if (isImpure(call.getTargetOwner().getName(), call.getName())) {
            found.add(
                type.getName()
                    + " calls "
                    + call.getTargetOwner().getName()
                    + "."
                    + call.getName());
          }
        }
      }
    }
    return found;
  }

  private static boolean isImpure(String owner, String method) {
    return (owner.startsWith("java.time.") && method.equals("now"))
        || (owner.equals("java.lang.System") && !method.equals("arraycopy"))
        || IMPURE_CALLS.contains(owner + "." + method);
  }

  /// Every use of another class that is forbidden.
  public SortedSet<String> uses(
      Predicate<JavaClass> from, BiPredicate<JavaClass, JavaClass> forbidden) {
    SortedSet<String> found = new TreeSet<>();
    for (JavaClass type : classes) {
      if (from.test(type)) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (!target.isPrimitive() && forbidden.test(type, target)) {
            found.add(type.getName() + " uses " + target.getName());
          }
        }
      }
    }
    return found;
  }

  /// @throws AssertionError with the packages that use each other in a circle
  public void checkCycles() {
    slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(classes);
  }

  private boolean isPure(JavaClass type) {
    return row(type).kind() != Kind.ADAPTER;
  }

  private Row row(JavaClass type) {
    Row row = table.get(packageOf(type));
    if (row == null) {
      throw new AssertionError(type.getName() + " is in a package that the table does not have");
    }
    return row;
  }

  /// Packages are given with a dot at the end or without; a class has what is nested in it.
  private static boolean isAnyOf(String name, Iterable<String> places) {
    for (String place : places) {
      if (place.endsWith(".")
          ? name.startsWith(place)
          : name.equals(place) || name.startsWith(place + ".") || name.startsWith(place + "$")) {
        return true;
      }
    }
    return false;
  }
}
