import express from "express";

const { HOST = "127.0.0.1", PORT = "8888" } = process.env;

const app = express();

// The result of a crossover lists all its trades, which can exceed Express's default limit of 100 kB.
app.use(express.json({ limit: "10mb" }));

app.post("/webhook/strategy-result", (req, res) => {
  const { execution_id, strategy, status, result, error_message } = req.body;
  const execution = `Execution ${execution_id} of ${strategy}`;
  if (status === "completed") {
    console.log(`${execution} completed: return ${(result.return * 100).toFixed(2)}%`);
  } else {
    console.log(`${execution} ${status}: ${error_message}`);
  }
  res.json({ status: "received" });
});

app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  console.log(`Waiting for callbacks at http://${HOST}:${PORT}/webhook/strategy-result`);
});
