import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.JsonSmartJsonProvider;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.Template;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.event.EventCartridge;
import org.apache.velocity.app.event.InvalidReferenceEventHandler;
import org.apache.velocity.context.Context;
import org.apache.velocity.runtime.RuntimeInstance;
import org.apache.velocity.runtime.log.NullLogChute;
import org.apache.velocity.util.introspection.Info;
import org.apache.velocity.util.introspection.SecureUberspector;

/**
 * One mapping template in Apache Velocity 1.7 and Jayway JsonPath, set up as API Gateway sets them up.
 *
 * <p>Usage: Bench FOLDER, with template.vtl, body.json and given.json in it. The template is parsed once, each JSONPath
 * compiled once. Writes {"output": "..."}; then for each line of input, a number of milliseconds, renders that long and
 * writes {"renders": ..., "wall_ns": ..., "cpu_ns": ...}. A render begins with the bytes of the body and ends with a
 * String; the CPU time is of the whole process, its compiler and collector included.
 */
public final class Bench {
  /** Renders between two looks at the clock. */
  private static final int BATCH = 32;

  /** What API Gateway adds to Velocity: a reference that leads nowhere is the empty string. */
  private static final class EmptyWhereUndefined implements InvalidReferenceEventHandler {
    @Override
    public Object invalidGetMethod(Context context, String reference, Object object, String property, Info info) {
      return "";
    }

    @Override
    public boolean invalidSetMethod(Context context, String left, String right, Info info) {
      return false;
    }

    @Override
    public Object invalidMethod(Context context, String reference, Object object, String method, Info info) {
      return "";
    }
  }

  /** $context and the maps inside it print nothing. Made anew for each render, because templates write into it. */
  public static final class Silent extends HashMap<String, Object> {
    Silent(Map<String, Object> entries) {
      for (Map.Entry<String, Object> entry : entries.entrySet()) put(entry.getKey(), silent(entry.getValue()));
    }

    @SuppressWarnings("unchecked")
    private static Object silent(Object value) {
      return value instanceof Map ? new Silent((Map<String, Object>) value) : value;
    }

    @Override
    public String toString() {
      return "";
    }
  }

  public static final class Input {
    private static final Configuration QUIET =
        Configuration.builder().jsonProvider(new JsonSmartJsonProvider()).options(Option.SUPPRESS_EXCEPTIONS).build();
    private static final Map<String, JsonPath> COMPILED = new HashMap<>();
    private final String body;
    private final Map<String, Object> params;
    private Object document;

    Input(String body, Map<String, Object> params) {
      this.body = body.isEmpty() ? "{}" : body;
      this.params = params;
    }

    public String getBody() {
      return body;
    }

    public Object path(String expression) {
      if (document == null) document = QUIET.jsonProvider().parse(body);
      JsonPath path = COMPILED.get(expression);
      if (path == null) COMPILED.put(expression, path = JsonPath.compile(expression));
      return path.read(document, QUIET);
    }

    public String json(String expression) {
      Object found = path(expression);
      return found == null ? "\"\"" : JSONValue.toJSONString(found, JSONStyle.LT_COMPRESS);
    }

    public Map<String, Object> params() {
      return params;
    }

    @SuppressWarnings("unchecked")
    public Object params(String name) {
      for (String place : new String[] {"path", "querystring", "header"}) {
        Object value = ((Map<String, Object>) params.get(place)).get(name);
        if (value != null) return value;
      }
      return null;
    }
  }

  public static final class Util {
    public String escapeJavaScript(Object text) {
      return StringEscapeUtils.escapeJavaScript(text == null ? null : text.toString());
    }

    public String base64Encode(Object text) {
      return Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private final Template template;
  private final Map<String, Object> params;
  private final Map<String, Object> context;
  private final Map<String, Object> stageVariables;
  private final EventCartridge events = new EventCartridge();
  private final Util util = new Util();

  private Bench(String text, Map<String, Object> given) throws Exception {
    RuntimeInstance runtime = new RuntimeInstance();
    runtime.setProperty("runtime.log.logsystem", new NullLogChute());
    runtime.setProperty("velocimacro.library", "");
    runtime.setProperty("velocimacro.permissions.allow.inline", "false");
    runtime.setProperty("directive.foreach.maxloops", "1000");
    runtime.setProperty("runtime.introspector.uberspect", SecureUberspector.class.getName());
    runtime.init();
    runtime.removeDirective("evaluate");
    template = new Template();
    template.setRuntimeServices(runtime);
    template.setName("bench");
    template.setData(runtime.parse(new StringReader(text), "bench"));
    template.initDocument();
    params = places(object(given, "params"), "path", "querystring", "header");
    context = object(given, "context");
    context.put("requestOverride", places(new LinkedHashMap<>(), "header", "querystring", "path"));
    context.put("responseOverride", places(new LinkedHashMap<>(), "header"));
    stageVariables = object(given, "stageVariables");
    events.addEventHandler(new EmptyWhereUndefined());
  }

  private String render(byte[] body) {
    VelocityContext variables = new VelocityContext();
    variables.put("context", new Silent(context));
    variables.put("stageVariables", stageVariables);
    variables.put("util", util);
    variables.put("input", new Input(new String(body, StandardCharsets.UTF_8), params));
    events.attachToContext(variables);
    StringWriter rendered = new StringWriter();
    template.merge(variables, rendered);
    return rendered.toString();
  }

  private JSONObject turn(byte[] body, long milliseconds, int length) {
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    long begun = System.nanoTime();
    long renders = 0;
    long wall;
    do {
      for (int round = 0; round < BATCH; round++) {
        if (render(body).length() != length) throw new IllegalStateException("the output changed");
      }
      renders += BATCH;
      wall = System.nanoTime() - begun;
    } while (wall < milliseconds * 1_000_000);
    JSONObject answer = new JSONObject();
    answer.put("renders", renders);
    answer.put("wall_ns", wall);
    answer.put("cpu_ns", system.getProcessCpuTime() - cpu);
    return answer;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> from, String key) {
    Object value = from.get(key);
    return value == null ? new LinkedHashMap<>() : (Map<String, Object>) value;
  }

  private static Map<String, Object> places(Map<String, Object> given, String... names) {
    for (String name : names) if (given.get(name) == null) given.put(name, new LinkedHashMap<String, Object>());
    return given;
  }

  private static void write(PrintStream out, JSONObject answer) {
    out.println(JSONValue.toJSONString(answer, JSONStyle.LT_COMPRESS));
  }

  @SuppressWarnings("unchecked")
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    String given = Files.readString(folder.resolve("given.json"));
    byte[] body = Files.readAllBytes(folder.resolve("body.json"));
    Map<String, Object> values = (Map<String, Object>) Input.QUIET.jsonProvider().parse(given);
    Bench bench = new Bench(Files.readString(folder.resolve("template.vtl")), values);
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    String rendered = bench.render(body);
    JSONObject first = new JSONObject();
    first.put("output", rendered);
    write(out, first);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      write(out, bench.turn(body, Long.parseLong(line.trim()), rendered.length()));
    }
  }
}
