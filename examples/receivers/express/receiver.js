import express from "express";

const { HOST = "127.0.0.1", PORT = "8888" } = process.env;

const app = express();

// A crossover's result lists all its trades, which can be more than the 100 kB that Express takes by default.
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
