import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Records how Apache Kafka's own Java classes encode each message, as wire_vectors.txt: one JSON object a line, with
 * the bytes by version (a version that is missing is encoded as the one before it). Every field gets a value made from
 * its path, the same in all versions; arrays get two elements, of which the second has null wherever null is allowed.
 *
 * With the jars of Apache Kafka in lib/:
 *   java -cp "lib/*" RecordWireVectors.java 0:3-9 1:4-12 ... > wire_vectors.txt
 * where each argument is API key, lowest version, highest version.
 */
public final class RecordWireVectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        for (String arg : args) {
            String[] parts = arg.split("[:-]");
            ApiKeys api = ApiKeys.forId(Integer.parseInt(parts[0]));
            int lowest = Integer.parseInt(parts[1]);
            int highest = Integer.parseInt(parts[2]);
            print(api, "request", record(api.messageType.requestSchemas(), lowest, highest));
            print(api, "response", record(api.messageType.responseSchemas(), lowest, highest));
        }
    }

    private static void print(ApiKeys api, String message, ObjectNode recorded) throws Exception {
        ObjectNode line = JSON.createObjectNode().put("api", api.name).put("key", api.id).put("message", message);
        System.out.println(JSON.writeValueAsString(line.setAll(recorded)));
    }

    private static ObjectNode record(Schema[] schemas, int lowest, int highest) {
        ObjectNode node = JSON.createObjectNode();
        ObjectNode values = node.putObject("values");
        ObjectNode versions = node.putObject("versions");
        String last = null;
        for (int version = lowest; version <= highest; version++) {
            Struct struct = fill(schemas[version], "", 0, values);
            ByteBuffer buffer = ByteBuffer.allocate(struct.sizeOf());
            struct.writeTo(buffer);
            String hex = HexFormat.of().formatHex(buffer.array());
            if (!hex.equals(last)) versions.put(Integer.toString(version), hex);
            last = hex;
        }
        return node;
    }

    /** Fills a struct and notes each value under the field's name, merging what several versions carry. */
    private static Struct fill(Schema schema, String path, int index, ObjectNode values) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            String name = field.def.name;
            if (field.def.type instanceof TaggedFields) {
                struct.set(field, new TreeMap<Integer, Object>());
            } else {
                struct.set(field, value(field.def.type, path + "." + name, index, values, name));
            }
        }
        return struct;
    }

    private static Object value(Type type, String path, int index, ObjectNode into, String name) {
        if (type.isArray()) {
            Type element = type.arrayElementType().get();
            ArrayNode nodes = into.get(name) instanceof ArrayNode known ? known : into.putArray(name);
            Object[] elements = new Object[2];
            for (int i = 0; i < 2; i++) {
                if (element instanceof Schema schema) {
                    ObjectNode node = nodes.size() > i ? (ObjectNode) nodes.get(i) : nodes.addObject();
                    elements[i] = fill(schema, path + i, i, node);
                } else {
                    ObjectNode holder = JSON.createObjectNode();
                    elements[i] = scalar(element, path + i, i, holder, "v");
                    if (nodes.size() <= i) nodes.add(holder.get("v"));
                }
            }
            return elements;
        }
        if (type instanceof Schema schema) {
            return fill(schema, path, index, (ObjectNode) (into.has(name) ? into.get(name) : into.putObject(name)));
        }
        return scalar(type, path, index, into, name);
    }

    private static Object scalar(Type type, String path, int index, ObjectNode into, String name) {
        boolean records = type.toString().contains("RECORDS");
        if (type.isNullable() && index == 1 && !records) {
            into.putNull(name);
            return null;
        }
        int hash = path.hashCode() & 0x7fffffff;
        switch (type.toString()) {
            case "BOOLEAN":
                into.put(name, index == 0);
                return index == 0;
            case "INT8":
                into.put(name, hash % 100);
                return (byte) (hash % 100);
            case "INT16":
                into.put(name, hash % 30_000);
                return (short) (hash % 30_000);
            case "INT32":
                into.put(name, hash);
                return hash;
            case "INT64":
                // Text: a JSON number would lose digits in JavaScript.
                into.put(name, Long.toString(hash * 1_000_003L));
                return hash * 1_000_003L;
            case "FLOAT64":
                into.put(name, hash / 8.0);
                return hash / 8.0;
            case "UUID":
                Uuid uuid = new Uuid(hash * 31L, -hash);
                into.put(name, new java.util.UUID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()).toString());
                return uuid;
            case "STRING", "NULLABLE_STRING", "COMPACT_STRING", "COMPACT_NULLABLE_STRING":
                String text = "é" + Integer.toString(hash % 1000, 36);
                into.put(name, text);
                return text;
            default:
                // Brokers answer no records as empty, never as null.
                byte[] bytes = records && index == 1 ? new byte[0] : ByteBuffer.allocate(4).putInt(0, hash).array();
                into.put(name, HexFormat.of().formatHex(bytes));
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                return records ? MemoryRecords.readableRecords(buffer) : buffer;
        }
    }

    private RecordWireVectors() { }
}
